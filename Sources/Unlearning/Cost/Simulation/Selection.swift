/// Finds the k-th largest of many numbers in linear time.
enum Selection {
    /// The k-th largest, k from 1; for k below 1 none qualifies, which is infinity.
    static func largest(_ k: Int, of numbers: [Double]) -> Double {
        guard k >= 1, k <= numbers.count else { return k < 1 ? .infinity : -.infinity }
        var numbers = numbers
        var (low, high) = (0, numbers.count - 1)
        let target = numbers.count - k
        while low < high {
            let pivot = median(numbers[low], numbers[(low + high) / 2], numbers[high])
            var (left, right) = (low, high)
            while left <= right {
                while numbers[left] < pivot { left += 1 }
                while numbers[right] > pivot { right -= 1 }
                if left <= right {
                    numbers.swapAt(left, right)
                    left += 1
                    right -= 1
                }
            }
            if target <= right { high = right } else if target >= left { low = left } else { break }
        }
        return numbers[target]
    }

    private static func median(_ a: Double, _ b: Double, _ c: Double) -> Double {
        max(min(a, b), min(max(a, b), c))
    }
}
