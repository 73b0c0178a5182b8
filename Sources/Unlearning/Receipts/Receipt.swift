internal import Crypto
internal import Engine
package import Foundation

/// A receipt as its file holds it: a DSSE envelope, with the log's proof and the salts beside it.
///
/// Readers of DSSE see an envelope; the other members are for those who check the log, or who want to know whose record
/// it was.
package struct Receipt: Codable, Sendable {
    struct Signature: Codable, Sendable {
        let keyid: String
        /// Base64.
        let sig: String
    }

    static let payloadType = "application/vnd.in-toto+json"
    /// A file that is larger is none.
    private static let mostBytes = 1 << 30

    let payload: String
    let payloadType: String
    let signatures: [Signature]
    /// The entry of the log that completes the deletion, as it was hashed.
    let logEntry: String
    /// A C2SP tlog-proof of that entry.
    let logProof: String
    /// Hexadecimal, in the order of the commitments; empty where it was withheld from this copy.
    let salts: [String]

    init(_ statement: Data, salts: [String], entry: [UInt8], proof: String, key: SigningKey) throws {
        payload = statement.base64EncodedString()
        payloadType = Self.payloadType
        let signature = try key.signature(of: Self.signed(Self.payloadType, statement))
        signatures = [Signature(keyid: key.verification.fingerprint, sig: Data(signature).base64EncodedString())]
        logEntry = String(decoding: entry, as: UTF8.self)
        logProof = proof
        self.salts = salts
    }

    /// One that lies in a workspace, where a link is none.
    package init(contentsOf file: URL) throws {
        guard let size = try DurableFile.size(file), let bytes = try DurableFile.contents(file) else {
            throw LogError.noSuchFile(path: file.path)
        }
        try self.init(size <= Self.mostBytes ? bytes : [], name: file.path)
    }

    /// One that somebody hands in.
    package init(_ file: InputFile) throws {
        try self.init(file.bytes(limit: Self.mostBytes), name: file.name)
    }

    private init(_ bytes: [UInt8], name: String) throws {
        func refusal(_ reason: String) -> ReceiptError { .noReceipt(path: name, reason: reason) }
        do {
            guard let receipt = try SignedJSON.decodeWhole(Self.self, bytes) else {
                throw refusal("it is no DSSE envelope with a proof beside it, and with nothing else")
            }
            self = receipt
        } catch let fault as JSONFault {
            throw refusal("it is no JSON that every program reads alike, from its byte \(fault.offset) on")
        }
    }

    func write(to file: URL) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try DurableFile.write(Array(try encoder.encode(self)) + [0x0A], to: file)
    }

    /// What DSSE signs: the type and the body, each after its length, so that neither can be taken for the other.
    static func signed(_ type: String, _ body: Data) -> [UInt8] {
        Array("DSSEv1 \(type.utf8.count) \(type) \(body.count) ".utf8) + body
    }

    /// The statement, not yet believed.
    package var statement: ReceiptStatement? {
        Data(canonicalBase64: payload).flatMap { SignedJSON.decode(ReceiptStatement.self, Array($0)) }
    }

    /// Whether one of the records that the receipt is about had this id.
    package func isAbout(_ id: RecordID) -> Bool { commitments.contains { $0.isOf(id) } }

    var commitments: [Commitment] {
        zip(statement?.predicate.commitments ?? [], salts).map { Commitment(value: $0, salt: $1) }
    }
}

extension Receipt {
    /// What is wrong with the receipt; nil: everything it says was signed by this key and is in the log that this key
    /// signed.
    ///
    /// Signatures are checked over the raw bytes, and the same bytes are parsed then.
    package func fault(_ key: VerificationKey) -> String? {
        guard payloadType == Self.payloadType else { return "its payload has the type \(payloadType.prefix(100))" }
        let marks = signatures.compactMap { Data(canonicalBase64: $0.sig) }
        guard let body = Data(canonicalBase64: payload), marks.count == signatures.count else {
            return "its payload or a signature is no base64, or not the one way to write it"
        }
        let signed = Self.signed(payloadType, body)
        guard marks.contains(where: { key.isValid(Array($0), of: signed) }) else {
            return "no signature of this key fits its statement"
        }
        guard let statement, statement.type == ReceiptStatement.type,
            statement.predicateType == ReceiptStatement.predicateType
        else { return "its statement is not one of a deletion" }
        let deletion = statement.predicate
        guard deletion.records == deletion.commitments.count, salts.count == deletion.commitments.count,
            salts.count == deletion.saltDigests.count
        else {
            return
                "it has \(salts.count) salts and \(deletion.commitments.count) commitments for \(deletion.records) "
                + "records"
        }
        guard zip(salts, deletion.saltDigests).allSatisfy({ $0.isEmpty || Commitment.saltDigest($0) == $1 }) else {
            return "its salts are not those of its commitments"
        }
        guard let proof = LogProof(text: logProof) else { return "its proof is no tlog-proof" }
        guard let head = LogHead(note: proof.note, signedBy: key) else {
            return "no signature of this key fits the log's head"
        }
        guard proof.isValid(Array(logEntry.utf8), in: head) else { return "its entry is not in the log" }
        guard let entry = LogEntry(bytes: Array(logEntry.utf8)), entry.event == .purge,
            entry.request?.utf8.elementsEqual(deletion.request.utf8) == true,
            entry.statement == Array(SHA256.hash(data: body)).hexadecimal
        else { return "the log's entry is about another statement" }
        return nil
    }

    /// Where in the log the deletion is complete, and the head that says so.
    var place: (index: Int, head: LogHead)? {
        guard let proof = LogProof(text: logProof), let head = LogHead(note: proof.note) else { return nil }
        return (proof.index, head)
    }
}
