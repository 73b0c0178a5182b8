import Foundation

@testable import Unlearning

/// Readers of receipts, heads, proofs and keys: what comes from other people's machines.
enum EvidenceFuzz {
    private static let key = SigningKey().verification
    private static let signer = SigningKey()

    /// Nothing that was not signed passes, whatever it looks like.
    static func receipt(_ input: [UInt8]) {
        do {
            let receipt = try Receipt(contentsOf: FuzzTarget.file("receipt.json", input))
            FuzzTarget.demand(receipt.fault(key) != nil, "a receipt that nobody signed is valid")
            _ = (receipt.place, receipt.isAbout(RecordID("x")))
        } catch {
            FuzzTarget.refusal(error)
        }
        let text = String(decoding: input, as: UTF8.self)
        if let proof = LogProof(text: text) {
            FuzzTarget.demand(LogProof(text: proof.text)?.text == proof.text, "a proof changes when it is written")
        }
        if let head = LogHead(note: text) {
            let again = try? LogHead(note: head.note(signedBy: [signer]))
            FuzzTarget.demand(again == head, "a head changes when it is written")
        }
        FuzzTarget.demand(LogHead(note: text, signedBy: key) == nil, "a head that nobody signed is signed")
        if let key = VerificationKey(text: text) {
            FuzzTarget.demand(VerificationKey(text: key.pem) == key, "a key changes when it is written")
        }
        _ = (SigningKey(pem: text), LogEntry(bytes: input))
    }
}
