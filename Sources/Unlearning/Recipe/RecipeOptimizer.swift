extension Recipe {
    package struct Optimizer: Sendable, Equatable, Codable {
        package var name = Name.adamw
        package var learningRate = 2e-3
        package var headLearningRate = 1e-2
        package var weightDecay = 0.01
        package var beta1 = 0.9
        package var beta2 = 0.999
        package var epsilon = 1e-8
        package var schedule = Schedule.constant
        /// The fraction of a stage's steps in which the rate climbs to its full height.
        package var warmup = 0.0

        package init() {}

        package enum Name: String, Sendable, Codable, CaseIterable {
            case adamw
        }

        /// The course of the learning rate within one stage.
        package enum Schedule: String, Sendable, Codable, CaseIterable {
            case constant
            /// Falls evenly after the warm-up, from the full rate to one step's share of it at the stage's last step.
            case linear
        }
    }
}
