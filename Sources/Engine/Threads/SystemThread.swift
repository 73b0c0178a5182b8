internal import Foundation
internal import Synchronization

/// A thread whose start may fail, and tells: a limit on processes or on memory is a state of the machine, as a full
/// disk is.
///
/// Foundation's threads and Dispatch's do not tell: the first never run, and the second are tried again for ever, by
/// the caller.
package struct SystemThread {
    private let handle: pthread_t

    /// Whatever `ulimit -s` says, which is what other threads get.
    package static let stackBytes = 8 << 20

    /// Nil where the system starts no further one. That is said once: everything that asks for threads goes on with
    /// fewer.
    ///
    /// Either `join` or `detach` follows.
    package static func start(_ body: @escaping @Sendable () -> Void) -> SystemThread? {
        var handle = pthread_t()
        let context = unsafe Unmanaged.passRetained(Body(run: body))
        let attributes = UnsafeMutablePointer<pthread_attr_t>.allocate(capacity: 1)
        unsafe pthread_attr_init(attributes)
        unsafe pthread_attr_setstacksize(attributes, stackBytes)
        defer {
            unsafe pthread_attr_destroy(attributes)
            unsafe attributes.deallocate()
        }
        let code = unsafe pthread_create(
            &handle, attributes,
            { context in
                if let context = unsafe context { unsafe Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run() }
                return nil
            }, context.toOpaque())
        if code == 0 { return SystemThread(handle: handle) }
        unsafe context.release()
        if !isTold.exchange(true, ordering: .relaxed) {
            Notice.tell(
                "the system starts no further thread (\(unsafe String(cString: strerror(code)))); the work goes on "
                    + "with fewer, which "
                    + "takes longer and changes no result. Its limits: `ulimit -u`, `ulimit -v`, and those of the "
                    + "container"
            )
        }
        return nil
    }

    /// Waits until the thread has ended.
    package func join() { pthread_join(handle, nil) }
    /// Lets the thread end by itself.
    package func detach() { pthread_detach(handle) }

    private static let isTold = Atomic(false)

    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(run: @escaping @Sendable () -> Void) { self.run = run }
    }
}
