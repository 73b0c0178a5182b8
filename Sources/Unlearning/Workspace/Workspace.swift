internal import Engine
package import Foundation

/// The front door: a folder that holds records, a plan, checkpoints and a key, and everything that can be done with it.
///
/// The Unlearning target turns records into a plan, checkpoints, a ledger, deletions, an ensemble and their
/// verification. It may import Engine, GRDB, Crypto, Yams and CZstd, and must not know of HTTP, command lines or
/// terminals.
package final class Workspace: Sendable {
    /// The folder.
    package let root: URL
    /// Everything that a person chose.
    package let recipe: Recipe
    let files: WorkspaceFiles
    let key: WorkspaceKey
    let ledger: Ledger
    let store: CheckpointStore
    let table: StageTable

    init(_ files: WorkspaceFiles, _ recipe: Recipe, _ key: WorkspaceKey, _ ledger: Ledger) {
        root = files.root
        self.files = files
        self.recipe = recipe
        self.key = key
        self.ledger = ledger
        store = CheckpointStore(files[.checkpoints])
        table = StageTable(recipe)
    }

    /// Opens an existing workspace; `.read` for those who only ask.
    ///
    /// `checksAge`: Whether one that is older than its log is refused here: for all who answer from its state. Not for
    /// those who change it: they look at the log when they hold the lock, and forget even where it is damaged. And not
    /// for those who say what is wrong.
    package convenience init(at root: URL, _ access: Ledger.Access = .write, checksAge: Bool? = nil) throws {
        let files = WorkspaceFiles(root: root)
        try files.refuseLinks()
        let ledger = try Ledger(files[.ledger], access)
        guard let recipe = try Self.storedRecipe(ledger) else {
            throw LedgerError.missing(folder: root.path)
        }
        self.init(files, recipe, try files.readKey(), ledger)
        if checksAge ?? (access == .read) { try checkAge() }
    }

    /// Paths of the folder and the keys that others than the owner may read or change.
    package var openToOthers: [String] { files.openToOthers().map(\.path) }

    static func storedRecipe(_ ledger: Ledger) throws -> Recipe? {
        guard let data = try ledger.fact("recipe") else { return nil }
        guard let recipe = try? JSONDecoder().decode(Recipe.self, from: data) else {
            throw WorkspaceError.recipeDamaged(path: ledger.path)
        }
        return recipe
    }

    /// Where the backbone lies, as the recipe was resolved when the workspace was trained.
    package func backboneFolder() throws -> URL {
        let stored = try ledger.fact("backbone").map { String(decoding: $0, as: UTF8.self) }
        return URL(filePath: stored ?? recipe.backbone)
    }

    /// The digest of the backbone that this workspace was trained on.
    func backboneDigest() throws -> [UInt8] {
        Array(try ledger.fact("backbone_digest") ?? Data())
    }

    /// Notes that the backbone lies elsewhere now; it must be the same one.
    func move(backbone folder: URL) throws {
        try check(backbone: folder)
        try ledger.set(["backbone": Data(folder.path.utf8)])
    }

    /// Reads all of a backbone's files, and compares them with those that this workspace was trained on.
    @discardableResult
    func check(backbone folder: URL) throws -> BackboneSeal {
        let (expected, seal) = (try backboneDigest(), try Self.seal(ofBackbone: folder))
        guard seal.digest == expected else {
            throw ModelError.backboneChanged(
                path: folder.path, expected: expected.hexadecimal, found: seal.digest.hexadecimal)
        }
        return seal
    }

    /// The name under which the ledger keeps a `BackboneSeal`.
    static let sealFact = "backbone_seal"

    /// What trains or answers. Each file of the backbone, and each part of its weights, is compared when it is read.
    func model(training: Bool) throws -> Model {
        let folder = try backboneFolder()
        try Self.refuseMissing(backbone: folder)
        let stored = try ledger.fact(Self.sealFact).flatMap { try? JSONDecoder().decode(BackboneSeal.self, from: $0) }
        // A seal that is missing or of another backbone is made again, from files that are compared as a whole.
        let seal = try stored?.digest == backboneDigest() ? stored : check(backbone: folder)
        return try Model(recipe, backbone: folder, training: training, seal: seal)
    }

    private static func refuseMissing(backbone folder: URL) throws {
        let configuration = try ModelFolder(folder).configuration
        do throws(InputError) {
            try InputFile(configuration).check()
        } catch {
            if error.problem == .notPermitted { throw error }
            if error.problem == .missing { throw ModelError.noBackbone(path: folder.path) }
        }
    }

    static func seal(ofBackbone folder: URL) throws -> BackboneSeal {
        try refuseMissing(backbone: folder)
        return try BackboneSeal(folder: folder)
    }

    func chain(_ backbone: [UInt8]) -> KeyChain {
        KeyChain(recipe, key: key, backbone: backbone, numerics: numericsVersion, table: table)
    }

    /// Which checkpoints there should be.
    func plan() throws -> CheckpointPlan {
        CheckpointPlan(try ledger.slices(), chain: chain(try backboneDigest()))
    }

    /// The same of some shards, at a cost that does not grow with the others.
    func plan(shards: [Int]) throws -> CheckpointPlan {
        CheckpointPlan(of: try ledger.slices(shards: shards), chain: chain(try backboneDigest()))
    }

}
