using System.Globalization;
using System.Security.Cryptography;

namespace Errand.Mcp.Tests.Fuzz;

/// <summary>Chances that can be had again: the seed is in the test's output, and <c>ERRAND_SEED</c> sets it.</summary>
internal static class Seed
{
    /// <summary>Whether there is time for a long run.</summary>
    public static bool IsLong => Environment.GetEnvironmentVariable("ERRAND_LONG") == "1";

    public static int New()
    {
        string? given = Environment.GetEnvironmentVariable("ERRAND_SEED");
        int seed = given is null ? RandomNumberGenerator.GetInt32(int.MaxValue) : int.Parse(given, CultureInfo.InvariantCulture);
        TestContext.Current.TestOutputHelper?.WriteLine($"ERRAND_SEED={seed}");
        return seed;
    }

    public static T OneOf<T>(this Random chance, IReadOnlyList<T> choices) => choices[chance.Next(choices.Count)];

    public static bool Once(this Random chance, int inSoMany) => chance.Next(inSoMany) == 0;
}
