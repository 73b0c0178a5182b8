/// Looks at records before a workspace takes them: whether a model can learn from each, and from how many the end is
/// left out. Of a classification every record fits.
final class RecordFit {
    private let encoder: RecordEncoder?
    private let limit: Int
    /// Records whose end is left out because they are too long.
    private(set) var cut = 0

    /// Reads the tokenizer where records are prompts and completions.
    init(_ model: Model, _ recipe: Recipe) throws {
        encoder = recipe.task == .generation ? try model.records : nil
        limit = recipe.maxTokens
    }

    /// Why a model cannot learn from a record; nil: it can.
    func misfit(_ record: Record) -> RecordEncoder.Misfit? {
        do throws(RecordEncoder.Misfit) {
            if try encoder?.cuts(record.content) == true { cut += 1 }
            return nil
        } catch {
            return error
        }
    }

    /// Tells of the records whose end is left out, where there are some.
    func tell(_ progress: TrainingProgress) {
        if cut > 0 { progress(.cut(records: cut, limit: limit)) }
    }
}
