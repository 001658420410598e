import PlanguardFFI

extension Planguard {
    /// Every event from now on, until the guard is shut down. The first stream also brings what happened before.
    ///
    /// A reader that falls behind by more than 256 events loses some; ``eventsAndLosses()`` says how many.
    public var events: AsyncStream<Event> {
        let all = EventSubscription(try? lower.subscribe())
        return AsyncStream {
            while let next = await all.next() {
                if case .happened(let event) = next { return event }
            }
            return nil
        }
    }

    /// As ``events``, with a note where events were lost because they were read too slowly.
    public func eventsAndLosses() throws -> AsyncStream<Next> {
        let all = EventSubscription(try lower.subscribe())
        return AsyncStream { await all.next() }
    }

    /// Whether an event is about this user. Events carry pseudonyms, never user ids.
    public func isAbout(_ event: Event, _ user: UserId) throws -> Bool {
        try lower.isAbout(event: event, user: user)
    }
}

/// One stream of the lower layer. It ends when its reader's task is cancelled, or when it is let go.
private final class EventSubscription: Sendable {
    private let stream: EventStream?

    init(_ stream: EventStream?) {
        self.stream = stream
    }

    deinit {
        stream?.stop()
    }

    func next() async -> Next? {
        guard let stream else { return nil }
        return await withTaskCancellationHandler {
            await stream.next()
        } onCancel: {
            stream.stop()
        }
    }
}
