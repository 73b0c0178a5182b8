internal import Synchronization

/// What there is to say while work goes on, though nothing failed. Libraries have no terminal: the program takes it.
package enum Notice {
    private static let sink = Mutex<(@Sendable (String) -> Void)?>(nil)

    /// Sends what is told from now on to a receiver, in place of the one before.
    package static func send(to receiver: @escaping @Sendable (String) -> Void) {
        sink.withLock { $0 = receiver }
    }

    /// Tells the receiver something; without one it is lost.
    package static func tell(_ text: String) {
        sink.withLock { $0 }?(text)
    }
}
