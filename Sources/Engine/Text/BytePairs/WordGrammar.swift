/// How a text is split into words, inside which bytes are merged: the regular expressions that models were trained
/// with, as scanners written by hand.
enum WordGrammar: Sendable, Equatable {
    /// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
    case gpt2
    /// Each digit by itself first, then `gpt2` on each stretch between digits.
    case digitsFirst
    /// `llama3`, but each number by itself.
    case qwen2
    /// `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+`
    /// `|\s+(?!\S)|\s+`
    case llama3
}
