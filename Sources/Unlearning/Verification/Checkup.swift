/// What is damaged or missing in a workspace, found by digests and without training anything.
package struct Checkup: Sendable {
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
    }

    package struct Damage: Sendable, Equatable {
        package let kind: Kind
        /// Below the workspace's folder, or the backbone's path.
        package let path: String
        package let fault: FileFault
    }

    package let damages: [Damage]
    /// Files whose content was compared with a digest.
    package let filesChecked: Int

    package var isSound: Bool { damages.isEmpty }
}
