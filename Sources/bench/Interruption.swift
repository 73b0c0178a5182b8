import Dispatch
import Foundation
import Synchronization

/// A measurement that is interrupted ends its program and takes its folder away.
enum Interruption {
    private struct State {
        var folders: [URL] = []
        var child: pid_t?
        var sources: [any DispatchSourceSignal] = []
    }
    private static let state = Mutex(State())

    static func removes(_ folder: URL) {
        state.withLock { state in
            state.folders.append(folder)
            guard state.sources.isEmpty else { return }
            for number in [SIGINT, SIGTERM] {
                signal(number, SIG_IGN)
                let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
                source.setEventHandler { end(number) }
                source.resume()
                state.sources.append(source)
            }
        }
    }

    static func ends(_ child: pid_t?) { state.withLock { $0.child = child } }

    private static func end(_ number: Int32) {
        state.withLock { state in
            if let child = state.child {
                kill(child, SIGKILL)
                waitpid(child, nil, 0)
            }
            for folder in state.folders { try? FileManager.default.removeItem(at: folder) }
            exit(128 + number)
        }
    }
}
