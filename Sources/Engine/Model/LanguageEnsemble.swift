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
    private var input: [Float] = []  // (rows, hidden), of the layer at work

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

    /// A text that is being fed: what every layer of every member that reads it keeps of it.
    package final class Stream {
        /// The members that read it, ascending.
        package let members: [Int]
        /// How many tokens were fed.
        package fileprivate(set) var count = 0
        // [layer][reader]; the layers that all members share have one.
        fileprivate let caches: [[KeyValueCache]]

        fileprivate init(_ members: [Int], _ caches: [[KeyValueCache]]) {
            self.members = members
            self.caches = caches
        }

        /// Another text that begins with what was fed to this one. `member`: the only one that goes on reading.
        package func fork(only member: Int? = nil) -> Stream {
            precondition(member.map(members.contains) ?? true, "a text is to be read on by a member that did not begin")
            let readers = members.indices.filter { member == nil || members[$0] == member }
            let fork = Stream(
                readers.map { members[$0] },
                caches.map { caches in
                    (caches.count == members.count ? readers : [0]).map { KeyValueCache(caches[$0]) }
                })
            fork.count = count
            return fork
        }
    }

    /// A text of which nothing was fed. `member`: the only one that reads it; nil: all do.
    package func stream(only member: Int? = nil) -> Stream {
        let layers = network.backbone.layers
        let readers = member.map { [$0] } ?? Array(0..<members)
        return Stream(
            readers,
            (0..<layers.count).map { layer in
                (0..<(layer < network.layout.firstLayer ? 1 : readers.count)).map { _ in
                    KeyValueCache(layers[layer].decoder.attention)
                }
            })
    }

    /// Feeds tokens to texts, some to each, and tells what every member that reads a text expects after some of them.
    ///
    /// `wanted`: for each text the places among the tokens fed now after which the next token's distribution is asked
    /// for; empty: none. The caller keeps every text within `positions`, and every token within the vocabulary.
    package func feed(_ tokens: [[Int32]], to streams: [Stream], wanted: [Range<Int>]) -> [TokenScores] {
        precondition(tokens.count == streams.count && wanted.count == streams.count)
        let shared = FedRows(tokens.map(\.count), from: streams.map(\.count), readers: streams.map { _ in [0] })
        let own = FedRows(tokens.map(\.count), from: streams.map(\.count), readers: streams.map(\.members))
        let hidden = network.hidden
        buffers.reserve(
            tokens: max(shared.count, own.count), network.sizes, rank: network.layout.specification.lora?.rank ?? 0,
            backward: false)
        input.grow(to: max(shared.count, own.count) * hidden)
        network.backbone.embedding.decoder.forward(
            tokens.flatMap { $0 }, at: shared.positions, hidden: hidden, into: &input)
        let first = network.layout.firstLayer
        for layer in 0..<first { run(layer, shared, streams, adapters: []) }
        buffers.result.grow(to: own.count * hidden)
        for part in own.parts {
            buffers.result.replace(
                at: part.rows.lowerBound * hidden, with: input, at: shared.parts[part.text].rows.lowerBound * hidden,
                count: part.rows.count * hidden)
        }
        swap(&input, &buffers.result)
        for layer in first..<network.backbone.layers.count { run(layer, own, streams, adapters: adapters) }
        for (stream, fed) in zip(streams, tokens) { stream.count += fed.count }
        return scores(own, streams, wanted)
    }

    /// input (rows, hidden) -> the layer's result, in `input` again. `adapters`: one a shard, or none in shared layers.
    private func run(_ layer: Int, _ fed: FedRows, _ streams: [Stream], adapters: [AdapterPanels]) {
        let decoder = network.backbone.layers[layer].decoder
        let adapted = zip(adapters, fed.members).compactMap { panels, rows in
            rows.isEmpty ? nil : AdaptedRows(adapter: LayerAdapter(panels: panels, layer: layer), rows: rows)
        }
        decoder.project(rows: fed.count, positions: fed.positions, input, &buffers, adapted, pool)
        for part in fed.parts {
            streams[part.text].caches[layer][part.reader].append(
                buffers.queryKeyValue, rows: part.rows, decoder.attention)
        }
        attend(layer, fed, streams, decoder.attention)
        decoder.finish(rows: fed.count, input, &buffers, adapted, pool)
        swap(&input, &buffers.result)
    }

    /// buffers.queryKeyValue and the caches -> buffers.context. The pool's members share rows and heads.
    private func attend(_ layer: Int, _ fed: FedRows, _ streams: [Stream], _ attention: CausalSelfAttention) {
        let heads = attention.heads
        let results = pool.map(fed.count * heads) { [buffers] _, index in
            let (row, head) = index.quotientAndRemainder(dividingBy: heads)
            let part = fed.parts[fed.part[row]]
            return streams[part.text].caches[layer][part.reader].attend(
                buffers.queryKeyValue, row: row, head: head, limit: Int(fed.positions[row]) + 1, attention)
        }
        for (index, result) in results.enumerated() {
            buffers.context.replace(
                at: index * attention.headSize, with: result, at: 0, count: attention.headSize)
        }
    }

    /// The last layer's states of the wanted rows -> log p of every token after each.
    private func scores(_ fed: FedRows, _ streams: [Stream], _ wanted: [Range<Int>]) -> [TokenScores] {
        let hidden = network.hidden
        var result = zip(streams, wanted).map {
            TokenScores(members: $0.members.count, places: $1.count, vocabulary: vocabulary)
        }
        // The row of `input`, and where its scores go.
        let places = fed.parts.flatMap { part in
            wanted[part.text].enumerated().map { index, place in
                (
                    text: part.text, row: part.rows.lowerBound + place,
                    at: result[part.text].range(member: part.reader, place: index).lowerBound
                )
            }
        }
        for range in LanguageHead.blocks(places.count) {
            let block = places[range]
            end.reserve(rows: block.count, hidden: hidden, vocabulary: vocabulary)
            for (index, place) in zip(0..., block) {
                end.states.replace(at: index * hidden, with: input, at: place.row * hidden, count: hidden)
            }
            network.language.logProbabilities(rows: block.count, &end, pool)
            for (index, place) in zip(0..., block) {
                result[place.text].values.replace(
                    at: place.at, with: end.logits, at: index * vocabulary, count: vocabulary)
            }
        }
        return result
    }
}

/// The rows that are fed at once: member by member, and those of a member text by text.
private struct FedRows {
    /// The tokens of one text that one member reads.
    struct Part {
        /// Their text.
        let text: Int
        /// Where the member stands among those that read this text.
        let reader: Int
        let rows: Range<Int>
    }

    let parts: [Part]
    /// Each row's part.
    let part: [Int]
    /// Each row's place in its text.
    let positions: [Int32]
    /// Each member's rows.
    let members: [Range<Int>]

    var count: Int { positions.count }

    /// `counts`: how many tokens each text is fed; `starts`: how many it was before; `readers`: which members read it.
    init(_ counts: [Int], from starts: [Int], readers: [[Int]]) {
        var (parts, part, positions, members) = ([Part](), [Int](), [Int32](), [Range<Int>]())
        for member in 0..<(readers.compactMap(\.last).max().map { $0 + 1 } ?? 0) {
            let first = positions.count
            for text in counts.indices {
                guard let reader = readers[text].firstIndex(of: member) else { continue }
                part += [Int](repeating: parts.count, count: counts[text])
                parts.append(
                    Part(text: text, reader: reader, rows: positions.count..<positions.count + counts[text]))
                positions += (0..<counts[text]).map { Int32(starts[text] + $0) }
            }
            members.append(first..<positions.count)
        }
        (self.parts, self.part, self.positions, self.members) = (parts, part, positions, members)
    }
}
