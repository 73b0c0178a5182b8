/// What `verify` answers.
package struct VerificationAnswer: Encodable, Sendable {
    /// A checkpoint that was compared.
    package struct Stage: Encodable, Sendable {
        /// The shard, the slice order and the slice of the stage.
        package let shard, order, slice: Ordinal
        /// Live records that the stage has seen.
        package let records: Int
        /// Whether every bit is that of training again.
        package let identical: Bool
    }

    /// Whether everything is the same to the last bit.
    package let identical: Bool
    /// Checkpoints and predictions that were compared, and slices that are not where the key puts their records.
    package let checkpoints, predictions, misplacedSlices: Int
    /// Whether all predictions are the same to the last bit.
    package let predictionsIdentical: Bool
    /// The time that it took.
    package let seconds: Double
    /// All checkpoints that were compared.
    package let stages: [Stage]

    /// The answer from a verification's report, by the stages of the recipe.
    package init(_ report: VerificationReport, _ recipe: Recipe) {
        let table = StageTable(recipe)
        identical = report.isIdentical
        checkpoints = report.stages.count
        predictions = report.predictions
        misplacedSlices = report.misplacedSlices
        predictionsIdentical = report.predictionsAreIdentical
        seconds = report.seconds
        stages = report.stages.map {
            Stage(
                shard: Ordinal($0.shard), order: Ordinal(table.order(of: $0.stage)),
                slice: Ordinal(table.slice(of: $0.stage)), records: $0.records, identical: $0.isIdentical)
        }
    }
}

/// What `audit` answers.
package struct AuditAnswer: Encodable, Sendable {
    /// One claim, and what speaks against it.
    package struct Check: Encodable, Sendable {
        /// The claim, a sentence.
        package let claim: String
        /// Whether nothing speaks against it.
        package let holds: Bool
        /// One sentence each.
        package let faults: [String]
    }

    /// Whether all claims hold.
    package let holds: Bool
    /// The shards that were trained again.
    package let shards: [Ordinal]
    /// The time that it took.
    package let seconds: Double
    /// The claims that were looked into.
    package let checks: [Check]

    /// The answer from an audit's report.
    package init(_ report: AuditReport) {
        holds = report.holds
        shards = report.shards.map { Ordinal($0) }
        seconds = report.seconds
        checks = report.checks.map { Check(claim: $0.claim, holds: $0.holds, faults: $0.faults) }
    }
}

/// What `audit --residues` answers. It holds no word that was looked for.
package struct ResidueAnswer: Encodable, Sendable {
    /// A place where a word was found.
    package struct Residue: Encodable, Sendable {
        /// A path below the workspace, and the form of the word, such as "base64".
        package let path, form: String
        /// Matches that chance alone would make.
        package let expectedByChance: Double
    }

    /// Whether nothing was found.
    package let clean: Bool
    /// All places.
    package let residues: [Residue]

    /// The answer from what a search found.
    package init(_ found: [ResidueSearch.Residue]) {
        clean = found.isEmpty
        residues = found.map { Residue(path: $0.path, form: $0.form, expectedByChance: $0.expectedByChance) }
    }
}

/// What `fsck` answers.
package struct CheckupAnswer: Encodable, Sendable {
    /// A file that is not what its digest says.
    package struct Damage: Encodable, Sendable {
        /// What the file is, what is wrong with it, and where it lies.
        package let kind, fault, path: String
    }

    /// Whether no file is damaged.
    package let sound: Bool
    /// How many files were looked at.
    package let filesChecked: Int
    /// All files with something wrong.
    package let damages: [Damage]

    /// The answer from a checkup.
    package init(_ checkup: Checkup) {
        sound = checkup.isSound
        filesChecked = checkup.filesChecked
        damages = checkup.damages.map { Damage(kind: $0.kind.rawValue, fault: $0.fault.rawValue, path: $0.path) }
    }
}
