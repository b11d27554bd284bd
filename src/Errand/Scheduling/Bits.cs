using System.Numerics;

namespace Errand;

/// <summary>Sets of numbers below 64, as fields of a cron expression mean them.</summary>
internal static class Bits
{
    /// <summary>The answer where there is no such number.</summary>
    public const int None = 64;

    public static bool Has(ulong set, int number) => (set >> number & 1) != 0;

    /// <summary>The smallest number of the set that is not below another.</summary>
    public static int Next(ulong set, int from) => from >= None ? None : BitOperations.TrailingZeroCount(set >> from << from);
}
