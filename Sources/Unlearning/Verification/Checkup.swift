/// What is damaged or missing in a workspace, found by digests and without training anything.
package struct Checkup: Sendable {
    /// What a file is for.
    package enum Kind: String, Sendable {
        /// Cannot be made again from anything that is here.
        case records, ledger, backbone
        /// `sisa train` makes them again, bit for bit.
        case checkpoint, index
        /// `sisa log consistency` says what is wrong.
        case log
        /// A cache: made again when its shard trains next.
        case features
        /// Belongs to nothing that the workspace knows.
        case stranger
        /// The copy that a measurement of costs deletes from, records and all.
        case copy
    }

    /// A file that is not what it should be.
    package struct Damage: Sendable, Equatable {
        /// What it is for.
        package let kind: Kind
        /// Below the workspace's folder, or the backbone's path.
        package let path: String
        /// What is wrong with it.
        package let fault: StoredFault
    }

    /// Everything that is wrong.
    package let damages: [Damage]
    /// Files whose content was compared with a digest.
    package let filesChecked: Int

    /// Whether nothing is wrong.
    package var isSound: Bool { damages.isEmpty }
}
