/// The next-token distributions of many shards that share a frozen backbone, and of that backbone by itself.
///
/// The layers below the lowest adapted one run once a token, for all members. Above them the frozen products of all
/// members are one product, and only the low-rank ones are each member's own. Feeding a text token by token, in pieces
/// or at once gives the same bits. Buffers are kept from call to call: one call at a time.
package final class LanguageEnsemble {
    /// Shards, in the order of their states.
    package let shards: Int
    /// Whether the backbone without an adapter is asked too; it is then the last member.
    package let hasBase: Bool
    /// Shards and, where asked for, the base.
    package var members: Int { shards + (hasBase ? 1 : 0) }
    /// How many tokens there are.
    package let vocabulary: Int
    /// The longest text, in tokens.
    package let positions: Int

    private let network: Network
    private let adapters: [AdapterPanels]
    private let pool: ThreadPool
    private var buffers = LayerBuffers()
    private var end = LanguageBuffers()
    private var input: [Float] = []  // (members, rows, hidden), of the layer at work

    /// Packs the trained numbers of each shard; `states`: one a shard. The whole backbone must have been read.
    package init(_ network: Network, _ states: [AdapterState], base: Bool, threads: Int) {
        self.network = network
        shards = states.count
        hasBase = base
        vocabulary = network.backbone.configuration.vocabularySize
        positions = network.backbone.configuration.maximumPositions
        adapters = Parallel.map(states.count, threads: threads) { AdapterPanels(layout: network.layout, states[$0]) }
        pool = ThreadPool(size: max(1, threads))
    }

    /// A text that is being fed: what every layer of every member keeps of it.
    package final class Stream {
        /// How many tokens were fed.
        package fileprivate(set) var count = 0
        // [layer][member]; the layers that all members share have one.
        fileprivate let caches: [[KeyValueCache]]

        fileprivate init(_ caches: [[KeyValueCache]]) {
            self.caches = caches
        }

        /// Another text that begins with what was fed to this one.
        package func fork() -> Stream {
            let fork = Stream(caches.map { $0.map { KeyValueCache($0) } })
            fork.count = count
            return fork
        }
    }

    /// A text of which nothing was fed.
    package func stream() -> Stream {
        let layers = network.backbone.layers
        return Stream(
            (0..<layers.count).map { layer in
                (0..<(layer < network.layout.firstLayer ? 1 : members)).map { _ in
                    KeyValueCache(layers[layer].decoder.attention)
                }
            })
    }

    /// Feeds tokens to texts, some to each, and tells what every member expects after some of them.
    ///
    /// `wanted`: for each text the places among the tokens fed now after which the next token's distribution is asked
    /// for; empty: none. The caller keeps every text within `positions`, and every token within the vocabulary.
    package func feed(_ tokens: [[Int32]], to streams: [Stream], wanted: [Range<Int>]) -> [TokenScores] {
        precondition(tokens.count == streams.count && wanted.count == streams.count)
        let rows = FedRows(tokens, streams)
        let hidden = network.hidden
        buffers.reserve(
            tokens: rows.count * members, network.sizes, rank: network.layout.specification.lora?.rank ?? 0,
            backward: false)
        input.grow(to: rows.count * members * hidden)
        network.backbone.embedding.decoder.forward(
            tokens.flatMap { $0 }, at: rows.positions, hidden: hidden, into: &input)
        let first = network.layout.firstLayer
        for layer in 0..<first { run(layer, rows, members: 1, streams) }
        for member in stride(from: 1, to: members, by: 1) {
            input.copyFirst(rows.count * hidden, to: member * rows.count * hidden)
        }
        for layer in first..<network.backbone.layers.count { run(layer, rows, members: members, streams) }
        for (stream, fed) in zip(streams, tokens) { stream.count += fed.count }
        return scores(rows, wanted)
    }

    /// input (members, rows, hidden) -> the layer's result, in `input` again.
    private func run(_ layer: Int, _ rows: FedRows, members: Int, _ streams: [Stream]) {
        let decoder = network.backbone.layers[layer].decoder
        let all = rows.count * members
        let adapted =
            layer < network.layout.firstLayer
            ? []
            : adapters.enumerated().map { member, panels in
                AdaptedRows(
                    adapter: LayerAdapter(panels: panels, layer: layer),
                    rows: member * rows.count..<(member + 1) * rows.count)
            }
        let positions = members == 1 ? rows.positions : (0..<members).flatMap { _ in rows.positions }
        decoder.project(rows: all, positions: positions, input, &buffers, adapted, pool)
        for (index, stream) in streams.enumerated() {
            for member in 0..<members {
                let (start, range) = (member * rows.count, rows.ranges[index])
                stream.caches[layer][member].append(
                    buffers.queryKeyValue, rows: start + range.lowerBound..<start + range.upperBound,
                    decoder.attention)
            }
        }
        attend(layer, rows, members: members, streams, decoder.attention)
        decoder.finish(rows: all, input, &buffers, adapted, pool)
        swap(&input, &buffers.result)
    }

    /// buffers.queryKeyValue and the caches -> buffers.context. The pool's members share rows and heads.
    private func attend(
        _ layer: Int, _ rows: FedRows, members: Int, _ streams: [Stream], _ attention: CausalSelfAttention
    ) {
        let heads = attention.heads
        let parts = pool.map(rows.count * members * heads) { [buffers] _, index in
            let (place, head) = index.quotientAndRemainder(dividingBy: heads)
            let (member, row) = place.quotientAndRemainder(dividingBy: rows.count)
            return streams[rows.stream[row]].caches[layer][member].attend(
                buffers.queryKeyValue, row: place, head: head, limit: Int(rows.positions[row]) + 1, attention)
        }
        for (index, part) in parts.enumerated() {
            buffers.context.replace(at: index * attention.headSize, with: part, at: 0, count: attention.headSize)
        }
    }

    /// The last layer's states of the wanted rows -> log p of every token after each.
    private func scores(_ rows: FedRows, _ wanted: [Range<Int>]) -> [TokenScores] {
        let hidden = network.hidden
        var result = wanted.map { TokenScores(members: members, places: $0.count, vocabulary: vocabulary) }
        var places: [(stream: Int, row: Int, at: Int)] = []  // the row of `input`, and where its scores go
        for (stream, wanted) in wanted.enumerated() {
            for member in 0..<members {
                for (index, place) in wanted.enumerated() {
                    let row = member * rows.count + rows.ranges[stream].lowerBound + place
                    places.append((stream, row, (member * wanted.count + index) * vocabulary))
                }
            }
        }
        for start in stride(from: 0, to: places.count, by: LanguageHead.blockRows) {
            let block = places[start..<min(start + LanguageHead.blockRows, places.count)]
            end.reserve(rows: block.count, hidden: hidden, vocabulary: vocabulary)
            for (index, place) in block.enumerated() {
                end.states.replace(at: index * hidden, with: input, at: place.row * hidden, count: hidden)
            }
            network.language.logProbabilities(rows: block.count, &end, pool)
            for (index, place) in block.enumerated() {
                result[place.stream].values.replace(
                    at: place.at, with: end.logits, at: index * vocabulary, count: vocabulary)
            }
        }
        return result
    }
}

/// The tokens that are fed at once, one row each.
private struct FedRows {
    /// Each text's rows.
    let ranges: [Range<Int>]
    /// Each row's text.
    let stream: [Int]
    /// Each row's place in its text.
    let positions: [Int32]

    var count: Int { positions.count }

    init(_ tokens: [[Int32]], _ streams: [LanguageEnsemble.Stream]) {
        var ranges: [Range<Int>] = []
        var stream: [Int] = []
        var positions: [Int32] = []
        for (index, (fed, text)) in zip(tokens, streams).enumerated() {
            ranges.append(positions.count..<positions.count + fed.count)
            stream += [Int](repeating: index, count: fed.count)
            positions += (0..<fed.count).map { Int32(text.count + $0) }
        }
        self.ranges = ranges
        self.stream = stream
        self.positions = positions
    }
}
