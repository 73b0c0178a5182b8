internal import Foundation
internal import Synchronization

/// Answers texts for as long as it is kept, at every call by the checkpoints that a workspace has then.
///
/// At each call it reads the ledger's rows, some for each slice and stage, and no file more than it must: the model is
/// read once, and a checkpoint when it takes another's place. So a deletion that another process accepts counts from
/// the next call on, and nothing of the record is kept here after it. Several threads may call; they wait for each
/// other.
package final class Predictor: Sendable {
    private struct State {
        var workspace: Workspace
        var basis: Basis?
        var model: Model?
        var ensemble: Ensemble?
    }

    /// What the ledger says of the model; where it changes, all is read anew.
    private struct Basis: Equatable {
        let recipe, backbone, digest: Data?

        init(_ ledger: Ledger) throws {
            recipe = try ledger.fact("recipe")
            backbone = try ledger.fact("backbone")
            digest = try ledger.fact("backbone_digest")
        }
    }

    private let state: Mutex<State>
    private let threads: Int

    /// A predictor of a workspace, which reads nothing yet. `threads`: How many it may use; the result does not depend
    /// on it.
    package init(_ workspace: Workspace, threads: Int = 1) {
        state = Mutex(State(workspace: workspace))
        self.threads = threads
    }

    /// One prediction a text, in order, by the newest clean checkpoints. Changes nothing in the workspace, and waits
    /// for nobody there.
    ///
    /// `votes`: Whether predictions hold each shard's vote too, which takes shards times the memory. `progress` is told
    /// of checkpoints that could not be read.
    package func predictions(
        _ texts: [String], votes: Bool, progress: TrainingProgress = { _ in }
    ) throws -> [Prediction] {
        try state.withLock { state in
            try refresh(&state, progress)
            return try state.ensemble?.predictions(texts, votes: votes) ?? []
        }
    }

    /// Makes the ensemble that of the workspace as it is now.
    private func refresh(_ state: inout State, _ progress: TrainingProgress) throws {
        let held = state.ensemble?.members ?? []
        // Whatever goes wrong below, the old one answers no more.
        state.ensemble = nil
        // Whoever opened the workspace has looked for the first call.
        if !held.isEmpty, state.workspace.ledger.access == .read { try state.workspace.checkAge() }
        let basis = try Basis(state.workspace.ledger)
        let isSame = basis == state.basis
        if !isSame {
            state.workspace = try state.workspace.reread()
            state.model = nil
            state.basis = basis
        }
        let workspace = state.workspace
        let plan = try workspace.plan()
        let model = try state.model ?? workspace.model(training: false)
        state.model = model
        state.ensemble = try Ensemble(
            workspace.recipe, model, plan, ledger: workspace.ledger, store: workspace.store, held: isSame ? held : [],
            threads: threads, progress: progress)
    }
}

extension Workspace {
    /// The same workspace with the recipe that its ledger has now.
    fileprivate func reread() throws -> Workspace {
        guard let recipe = try Self.storedRecipe(ledger) else { throw LedgerError.missing(folder: root.path) }
        return Workspace(files, recipe, key, ledger)
    }
}
