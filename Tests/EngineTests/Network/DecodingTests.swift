internal import Foundation
internal import Testing

@testable import Engine

/// Decoding with a cache gives the bits of the pass that training makes over the whole text.
@Suite struct DecodingTests {
    static let lengths = [1, 17, 40, 5]

    /// log p after every token, by the pass of training.
    private func full(_ network: Network, _ state: AdapterState, _ texts: [[Int32]]) throws -> [[Float]] {
        let features = try Trunk(network).features(of: texts, threads: 1)
        let pass = AdaptedPass(network)
        pass.forward(features[...], AdapterPanels(layout: network.layout, state))
        let pool = ThreadPool(size: 1)
        var buffers = LanguageBuffers()
        return pass.chunk.segments.map { segment in
            (0..<segment.length).flatMap { row in
                buffers.reserve(rows: 1, hidden: network.hidden, vocabulary: ToyDecoder.vocabulary)
                buffers.states.replace(
                    at: 0, with: pass.layers[1].result, at: (segment.start + row) * network.hidden,
                    count: network.hidden)
                network.language.logProbabilities(rows: 1, &buffers, pool)
                return buffers.logits.prefix(ToyDecoder.vocabulary)
            }
        }
    }

    /// The same, fed in pieces of a length; every member's.
    private func decoded(
        _ ensemble: LanguageEnsemble, _ texts: [[Int32]], piece: Int
    ) -> [[[Float]]] {
        let streams = texts.map { _ in ensemble.stream() }
        var result = [[[Float]]](
            repeating: [[Float]](repeating: [], count: ensemble.members), count: texts.count)
        var start = 0
        while start < texts.map(\.count).max() ?? 0 {
            let parts = texts.map { Array($0.dropFirst(start).prefix(piece)) }
            let scores = ensemble.feed(parts, to: streams, wanted: parts.map { 0..<$0.count })
            for (text, scores) in scores.enumerated() {
                for member in 0..<ensemble.members {
                    for place in 0..<scores.places {
                        result[text][member] += scores.values[scores.range(member: member, place: place)]
                    }
                }
            }
            start += piece
        }
        return result
    }

    @Test(arguments: ToyDecoder.allCases, [1, 2, 3])
    func aTextFedInPiecesHasTheBitsOfTheWholePass(model: ToyDecoder, threads: Int) throws {
        let network = try model.network()
        let states = (0..<3).map { ToyDecoder.state(network, shard: $0) }
        let texts = ToyDecoder.texts(Self.lengths)
        let zero = AdapterState(values: [Float](repeating: 0, count: network.layout.count))
        let expected = try (states + [zero]).map { try full(network, $0, texts) }
        let ensemble = LanguageEnsemble(network, states, base: true, threads: threads)
        for piece in [1, 4, 64] {
            let found = decoded(ensemble, texts, piece: piece)
            for text in texts.indices {
                for member in 0..<4 {
                    #expect(found[text][member].map(\.bitPattern) == expected[member][text].map(\.bitPattern))
                }
            }
        }
    }

    @Test(arguments: ToyDecoder.allCases)
    func aTextDoesNotSeeTheTextsFedBesideIt(model: ToyDecoder) throws {
        let network = try model.network()
        let ensemble = LanguageEnsemble(network, [ToyDecoder.state(network, shard: 0)], base: false, threads: 2)
        let texts = ToyDecoder.texts(Self.lengths)
        let together = decoded(ensemble, texts, piece: 64)
        for (text, found) in zip(texts, together) {
            #expect(decoded(ensemble, [text], piece: 64)[0] == found)
        }
    }

    /// Members that no longer read a text, and a text that goes on in two ways, change no bit of what others expect.
    @Test(arguments: ToyDecoder.allCases)
    func aForkGoesOnWithTheBitsOfTheWholeText(model: ToyDecoder) throws {
        let network = try model.network()
        let states = (0..<2).map { ToyDecoder.state(network, shard: $0) }
        let ensemble = LanguageEnsemble(network, states, base: true, threads: 2)
        let texts = ToyDecoder.texts([30, 30, 30])
        let (begun, ways) = (Array(texts[0].prefix(12)), texts.map { Array($0.suffix(18)) })
        let alone = ways.map { way -> TokenScores in
            let stream = ensemble.stream()
            _ = ensemble.feed([begun], to: [stream], wanted: [0..<0])
            return ensemble.feed([way], to: [stream], wanted: [0..<18])[0]
        }
        for member in 0..<ensemble.members {
            let stream = ensemble.stream()
            _ = ensemble.feed([begun], to: [stream], wanted: [0..<0])
            let streams = [stream.fork(), stream, stream.fork(only: member)]
            let found = ensemble.feed(ways, to: streams, wanted: ways.map { 0..<$0.count })
            #expect(found[0] == alone[0] && found[1] == alone[1])
            #expect(found[2].members == 1)
            let range = alone[2].range(member: member, place: 0).lowerBound
            #expect(found[2].values[...] == alone[2].values[range..<range + found[2].values.count])
            let single = ensemble.stream(only: member)
            _ = ensemble.feed([begun], to: [single], wanted: [0..<0])
            #expect(ensemble.feed([ways[2]], to: [single.fork()], wanted: [0..<18])[0] == found[2])
        }
    }

    @Test(arguments: ToyDecoder.allCases)
    func aTokenDoesNotSeeThoseBehindIt(model: ToyDecoder) throws {
        let network = try model.network()
        let state = ToyDecoder.state(network, shard: 0)
        var text = ToyDecoder.texts([30])[0]
        let before = try full(network, state, [text])[0]
        text[20] = (text[20] + 1) % Int32(ToyDecoder.vocabulary)
        let after = try full(network, state, [text])[0]
        #expect(before.prefix(20 * ToyDecoder.vocabulary) == after.prefix(20 * ToyDecoder.vocabulary))
        for row in 20..<30 {
            let range = row * ToyDecoder.vocabulary..<(row + 1) * ToyDecoder.vocabulary
            #expect(before[range] != after[range])
        }
    }
}
