internal import Synchronization

/// What there is to say while work goes on, though nothing failed. Libraries have no terminal: the program takes it.
package enum Notice {
    private static let sink = Mutex<(@Sendable (String) -> Void)?>(nil)

    package static func send(to receiver: @escaping @Sendable (String) -> Void) {
        sink.withLock { $0 = receiver }
    }

    package static func tell(_ text: String) {
        sink.withLock { $0 }?(text)
    }
}
