using System.Globalization;

namespace Errand.Chaos.Tests;

/// <summary>What decides about a run of the suite from outside.</summary>
internal static class Chance
{
    /// <summary>Whether there is time for ten times as much.</summary>
    public static bool Long => Environment.GetEnvironmentVariable("ERRAND_LONG") == "1";

    /// <summary>All chance comes from it, but for what the operating system adds.</summary>
    public static int Seed { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("ERRAND_SEED"), CultureInfo.InvariantCulture, out int seed) ? seed : Environment.TickCount;
}
