// The variant's table; SISA_TABLE is its name.
const sisa_table SISA_TABLE = {
    .gemm = gemm,
    .exp = map_exp,
    .log = map_log,
    .tanh = map_tanh,
    .activation_forward = activation_forward,
    .activation_backward = activation_backward,
    .add = add,
    .scale = scale,
    .all_finite = all_finite,
    .adamw = adamw,
    .layer_norm_forward = layer_norm_forward,
    .layer_norm_backward = layer_norm_backward,
    .softmax_forward = softmax_forward,
    .softmax_backward = softmax_backward,
    .mean_rows = mean_rows,
    .sum_rows = sum_rows,
};
