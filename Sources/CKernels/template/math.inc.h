// exp, log, tanh, the normal distribution: every operation, in order. Coefficients: tools/reference/minimax.py.

// Adding 1.5 * 2^23 rounds to an integer, which then stands in the low bits of the sum.
#define ROUNDING 0x1.8p23f
#define LOG2_E 0x1.715476p+0f
#define LN2_HIGH 0x1.62e4p-1f  // 15 bits, so that its product with an exponent is exact
#define LN2_LOW 0x1.7f7d1cp-20f
#define EXP_LARGEST 0x1.62e42ep+6f    // above: +infinity
#define EXP_SMALLEST -0x1.5d589ep+6f  // below: +0; there is no gradual underflow

// Q in exp(r) = 1 + r + r^2 Q(r), |r| <= ln(2)/2.
INLINE x16 exp_tail(x16 r) {
    x16 q = splat(0x1.6a2432p-10f);
    q = fma16(q, r, splat(0x1.1239e2p-7f));
    q = fma16(q, r, splat(0x1.5558f2p-5f));
    q = fma16(q, r, splat(0x1.555492p-3f));
    return fma16(q, r, splat(0x1.fffffcp-2f));
}

// 2^n p, for p near 1 and shifted = n + ROUNDING; +0 where x, the argument of the exponential, is below EXP_SMALLEST.
INLINE x16 exp_scaled(x16 p, x16 shifted, x16 x) {
    x16 y = (x16)(bits(p) + (bits(shifted) << 23));
    return choose(x < EXP_SMALLEST, splat(0.0f), y);
}

// exp(r) for |r| <= ln(2)/2.
INLINE x16 exp_reduced(x16 r) { return fma16(fma16(exp_tail(r), r, splat(1.0f)), r, splat(1.0f)); }

INLINE x16 exp16(x16 x) {
    x16 shifted = fma16(x, splat(LOG2_E), splat(ROUNDING));
    x16 n = shifted - ROUNDING;
    x16 r = fma16(n, splat(-LN2_HIGH), x);
    r = fma16(n, splat(-LN2_LOW), r);
    x16 y = exp_scaled(exp_reduced(r), shifted, x);
    y = choose(x > EXP_LARGEST, splat(__builtin_inff()), y);
    return choose(x == x, y, x);
}

INLINE x16 log16(x16 x) {
    // x = 2^e * (1 + f), sqrt(1/2) <= 1 + f < sqrt(2). Subnormals are first made normal by 2^23.
    i16 small = x < 0x1p-126f;
    x16 normal = choose(small, x * 0x1p23f, x);
    i16 e = ((i16)normal - 0x3f3504f3) >> 23;
    x16 f = (x16)((i16)normal - (i16)((u16)e << 23)) - 1.0f;
    x16 exponent = __builtin_convertvector(e, x16) - choose(small, splat(23.0f), splat(0.0f));

    x16 r = splat(0x1.1457b2p-4f);
    r = fma16(r, f, splat(-0x1.de3c1ap-4f));
    r = fma16(r, f, splat(0x1.e6f068p-4f));
    r = fma16(r, f, splat(-0x1.fc2206p-4f));
    r = fma16(r, f, splat(0x1.233768p-3f));
    r = fma16(r, f, splat(-0x1.555c4ep-3f));
    r = fma16(r, f, splat(0x1.99a4b6p-3f));
    r = fma16(r, f, splat(-0x1.000006p-2f));
    r = fma16(r, f, splat(0x1.555548p-2f));
    x16 square = f * f;
    x16 y = fma16(square, splat(-0.5f), (square * f) * r);
    y = fma16(exponent, splat(LN2_LOW), y);
    y = fma16(exponent, splat(LN2_HIGH), f + y);

    y = choose(x == 0.0f, splat(-__builtin_inff()), y);
    y = choose(x == __builtin_inff(), x, y);
    return choose(x >= 0.0f, y, splat(__builtin_nanf("")));
}

INLINE x16 tanh16(x16 x) {
    // tanh(a) = w / (w + 2) with w = exp(2a) - 1; beyond a = 10 it is 1 in binary32.
    x16 a = absolute(x);
    a = choose(a > 10.0f, splat(10.0f), a);
    x16 z = a + a;
    x16 shifted = fma16(z, splat(LOG2_E), splat(ROUNDING));
    x16 n = shifted - ROUNDING;
    x16 r = fma16(n, splat(-LN2_HIGH), z);
    r = fma16(n, splat(-LN2_LOW), r);
    x16 power = (x16)((bits(shifted) << 23) + 0x3f800000u);  // 2^n
    x16 w = fma16(fma16(r * r, exp_tail(r), r), power, power - 1.0f);
    x16 y = w / (w + 2.0f);
    return (x16)(bits(y) | (bits(x) & 0x80000000u));
}

typedef struct {
    x16 below;    // Phi(x), the probability of a value below x
    x16 density;  // exp(-x^2/2), without the factor 1/sqrt(2 pi)
} normal16;

INLINE normal16 normal_distribution(x16 x) {
    // Beyond a = 16 the density is +0 as it is at 16, and N and D would overflow. NaN comes out as anything: every user
    // multiplies by x.
    x16 a = absolute(x);
    a = choose(a > 16.0f, splat(16.0f), a);

    // exp(-a^2/2) with the square rounded only once it is small: r comes from one exact product.
    x16 half = a * -0.5f;
    x16 exponent = half * a;
    x16 shifted = fma16(exponent, splat(LOG2_E), splat(ROUNDING));
    x16 n = shifted - ROUNDING;
    x16 r = fma16(half, a, n * -LN2_HIGH);
    r = fma16(n, splat(-LN2_LOW), r);
    x16 density = exp_scaled(exp_reduced(r), shifted, exponent);

    // Phi(-a) = exp(-a^2/2) N(a) / D(a).
    x16 top = fma16(splat(0x1.073046p-8f), a, splat(0x1.475068p-5f));
    top = fma16(top, a, splat(0x1.7323eap-3f));
    top = fma16(top, a, splat(0x1.be05fap-2f));
    top = fma16(top, a, splat(0.5f));
    x16 bottom = fma16(splat(0x1.49da6cp-7f), a, splat(0x1.9a41fep-4f));
    bottom = fma16(bottom, a, splat(0x1.db4b14p-2f));
    bottom = fma16(bottom, a, splat(0x1.31b242p+0f));
    bottom = fma16(bottom, a, splat(0x1.ab452cp+0f));
    bottom = fma16(bottom, a, splat(1.0f));
    x16 tail = density * (top / bottom);
    return (normal16){choose(x < 0.0f, tail, 1.0f - tail), density};
}

INLINE x16 gelu(x16 x) { return x * normal_distribution(x).below; }

INLINE x16 gelu_slope(x16 x) {
    normal16 d = normal_distribution(x);
    return fma16(x, d.density * 0x1.988454p-2f, d.below);
}

typedef struct {
    x16 value;  // sigmoid(z)
    x16 slope;  // sigmoid'(z)
} sigmoid16;

INLINE sigmoid16 sigmoid(x16 z) {
    x16 e = exp16((x16)(bits(z) | 0x80000000u));
    x16 q = 1.0f / (1.0f + e);
    x16 eq = e * q;
    return (sigmoid16){choose(z < 0.0f, eq, q), eq * q};
}

// (1 + tanh(u)) / 2 = sigmoid(2u), so x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))) / 2 = x sigmoid(x (k0 + k1 x^2)).
INLINE x16 gelu_tanh(x16 x) {
    return x * sigmoid(x * fma16(x * x, splat(0x1.2444f2p-4f), splat(0x1.988454p+0f))).value;
}

INLINE x16 gelu_tanh_slope(x16 x) {
    x16 square = x * x;
    sigmoid16 s = sigmoid(x * fma16(square, splat(0x1.2444f2p-4f), splat(0x1.988454p+0f)));
    x16 inner = fma16(square, splat(0x1.b6676cp-3f), splat(0x1.988454p+0f));
    return fma16(x * s.slope, inner, s.value);
}

INLINE x16 relu(x16 x) { return choose(x <= 0.0f, splat(0.0f), x); }

INLINE x16 relu_slope(x16 x) {
    x16 step = choose(x > 0.0f, splat(1.0f), splat(0.0f));
    return choose(x == x, step, x);
}

INLINE x16 silu(x16 x) { return x / (1.0f + exp16(-x)); }

INLINE x16 silu_slope(x16 x) {
    sigmoid16 s = sigmoid(x);
    return fma16(x, s.slope, s.value);
}
