internal import Foundation

extension Workspace {
    /// Makes a new key to sign with, and says so in the log, signed by both.
    ///
    /// `isLost`: The old one is gone: only the new one signs, and whoever trusted the old one has to be told.
    @discardableResult
    package func rotateKey(isLost: Bool = false, waiting: () -> Void = {}) throws -> VerificationKey {
        try write(1, waiting: waiting) { session in
            let old: SigningKey?
            if isLost {
                old = nil
            } else {
                // Finishes what a killed command left, and says what is wrong.
                try session.evidence().publish()
                old = try SigningKey(contentsOf: files[.signingKey])
            }
            guard let state = try ledger.logState() else { throw LogError.noLog(path: root.path) }
            let new = SigningKey()
            let log = try LogWriter(
                evidenceLog, state, new, former: old, isReplacement: true, keyPath: files[.signingKey].path)
            if let problem = log.problem { throw problem }
            try new.write(to: files[.nextSigningKey])
            var entry = LogEntry(.keyRotation)
            entry.publicKey = Data(new.verification.bytes).base64EncodedString()
            var settlement = Ledger.Settlement(shards: [])
            settlement.notes = [try log.note(entry)]
            try ledger.settle(settlement)
            try log.flush()
            try DurableFile.move(files[.nextSigningKey], to: files[.signingKey])
            return new.verification
        }
    }
}
