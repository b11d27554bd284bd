namespace Errand.Commands;

/// <summary>How far a line says that work has come.</summary>
/// <param name="Current">How much is done.</param>
/// <param name="Total">How much there is to do, where that is known.</param>
internal readonly record struct ProgressNumber(double Current, double? Total)
{
    private const double All = 100;

    public static ProgressNumber OfPercent(double percent) => new(percent, All);

    /// <summary>Two numbers as a fraction that can be progress: no more done than there is to do, and something to do.</summary>
    public static ProgressNumber? OfFraction(double current, double total) =>
        total > 0 && current >= 0 && current <= total ? new(current, total) : null;
}
