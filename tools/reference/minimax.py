"""Computes the polynomial coefficients of docs/numerics.md and prints them with their errors.

    python3 tools/reference/minimax.py            # needs mpmath

Every polynomial or quotient of polynomials is the solution of a Remez exchange in 60 digits for the stated weight;
its coefficients are then rounded to binary32. Output: hexadecimal literals as C and Swift write them, lowest power
first.
"""

from mpmath import cos, erfc, exp, expm1, log, log1p, lu_solve, matrix, mp, mpf, pi, sqrt

mp.dps = 60


def to_binary32(value):
    """The nearest binary32 (ties to even) of a number in the normal range, as an mpf."""
    if value == 0:
        return mpf(0)
    exponent = int(mp.floor(log(abs(value), 2)))
    unit = mpf(2) ** (exponent - 23)
    return mp.nint(value / unit) * unit


def literal(value):
    """A binary32 in hexadecimal, as C and Swift write it (C adds an f)."""
    digits, exponent = float(value).hex().split("p")
    return f"{digits.rstrip('0').rstrip('.')}p{exponent}"


def evaluate(coefficients, x):
    total = mpf(0)
    for c in reversed(coefficients):
        total = total * x + c
    return total


def extrema(grid, errors, count):
    """The points of the largest error in every run of one sign, and those errors: the `count` that matter most."""
    found = []
    for x, error in zip(grid, errors):
        if found and (found[-1][1] > 0) == (error > 0):
            if abs(error) > abs(found[-1][1]):
                found[-1] = (x, error)
        else:
            found.append((x, error))
    while len(found) > count:
        found.pop(0 if abs(found[0][1]) < abs(found[-1][1]) else -1)
    if len(found) < count:
        raise ArithmeticError(f"{len(found)} extrema where {count} are needed: refine the grid")
    return [x for x, _ in found], [abs(e) for _, e in found]


def remez(function, weight, place, top, bottom=0):
    """Coefficients of the quotient N/D that minimizes max |weight * (function - N/D)|, with D(0) = 1.

    `place` maps [0, 1] to the interval. Each round solves N - f D = +-E D'/weight, D' being the last round's D.
    """
    count = top + bottom + 2
    grid = [place(mpf(i) / 2400) for i in range(2401)]
    values = [(x, function(x), weight(x)) for x in grid]
    nodes = [place((1 - cos(pi * i / (count - 1))) / 2) for i in range(count)]
    denominator = [mpf(1)]
    for _ in range(60):
        system, right = matrix(count, count), matrix(count, 1)
        for row, x in enumerate(nodes):
            right[row] = function(x)
            for power in range(top + 1):
                system[row, power] = x**power
            for power in range(1, bottom + 1):
                system[row, top + power] = -function(x) * x**power
            system[row, count - 1] = (-1) ** row * evaluate(denominator, x) / weight(x)
        solution = lu_solve(system, right)
        numerator = [solution[i] for i in range(top + 1)]
        denominator = [mpf(1)] + [solution[top + i] for i in range(1, bottom + 1)]
        errors = [w * (f - evaluate(numerator, x) / evaluate(denominator, x)) for x, f, w in values]
        nodes, heights = extrema(grid, errors, count)
        if max(heights) - min(heights) < max(heights) * mpf("1e-4"):
            break
    return numerator, denominator


def report(name, function, weight, place, top, bottom=0):
    """Fits, rounds to binary32, prints."""
    numerator, denominator = remez(function, weight, place, top, bottom)

    def error(n, d):
        points = [place(mpf(i) / 2000) for i in range(2001)]
        return max(abs(weight(x) * (function(x) - evaluate(n, x) / evaluate(d, x))) for x in points)

    rounded = [[to_binary32(c) for c in part] for part in (numerator, denominator)]
    ideal, real = error(numerator, denominator), error(*rounded)
    print(f"{name}: error {float(ideal):.2e} exact, {float(real):.2e} rounded (2^{float(log(real, 2)):.1f})")
    for power, c in enumerate(rounded[0]):
        print(f"    n{power}  {literal(c)}")
    for power, c in enumerate(rounded[1]) if bottom else []:
        print(f"    d{power}  {literal(c)}")


def segment(low, high):
    return lambda t: low + (high - low) * t


def without_zero(function, at_zero):
    return lambda x: at_zero if x == 0 else function(x)


def exponential():
    """exp(r) = 1 + r + r^2 Q(r), |r| <= ln 2 / 2 and a little more; error relative to exp(r)."""
    edge = log(mpf(2)) / 2 * mpf("1.0001")
    q = without_zero(lambda r: (expm1(r) - r) / r**2, mpf(1) / 2)
    report("exp, Q", q, lambda r: r**2 / exp(r) + mpf("1e-9"), segment(-edge, edge), 4)


def logarithm():
    """log(1+f) = f - f^2/2 + f^3 R(f), sqrt(1/2) <= 1+f < sqrt(2); error relative to log(1+f)."""
    low, high = sqrt(mpf(1) / 2) - 1, sqrt(mpf(2)) - 1
    r = without_zero(lambda f: (log1p(f) - f + f**2 / 2) / f**3, mpf(1) / 3)
    weight = without_zero(lambda f: f**3 / log1p(f) + mpf("1e-9"), mpf("1e-9"))
    report("log, R", r, weight, segment(low, high), 8)


def normal_tail():
    """Phi(-a) = exp(-a^2/2) N(a)/D(a), 0 <= a <= 13.25; error relative to Phi(-a).

    N/D has only positive coefficients, so that evaluating it cancels nothing.
    """
    high = mpf("13.25")
    low = 1 / (1 + high / 3)

    def tail(a):
        return erfc(a / sqrt(mpf(2))) * exp(a * a / 2) / 2

    def place(t):  # denser near zero
        return 3 * (1 / (1 - (1 - low) * t) - 1)

    report("normal tail", tail, lambda a: 1 / tail(a), place, 4, 5)


def constants():
    """Constants that the formulas use, split or rounded to binary32."""
    ln2 = log(mpf(2))
    high = mp.floor(ln2 * 2**15) / 2**15
    cubic = mpf("0.044715")
    inner = 2 * sqrt(2 / pi)
    for name, value in [
        ("log2(e)", 1 / ln2), ("ln 2, high 15 bits", high), ("ln 2, rest", ln2 - high),
        ("1/sqrt(2 pi)", 1 / sqrt(2 * pi)), ("2 sqrt(2/pi)", inner), ("0.044715 * that", cubic * inner),
        ("3 * 0.044715 * that", 3 * cubic * inner),
        ("exp: overflow above", log(mpf(2)) * 128), ("exp: zero below", -126 * ln2),
    ]:
        print(f"{name}: {literal(to_binary32(value))}")


if __name__ == "__main__":
    constants()
    exponential()
    logarithm()
    normal_tail()
