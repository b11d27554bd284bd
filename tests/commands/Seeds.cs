using System.Globalization;
using System.Security.Cryptography;

namespace Errand.Commands.Tests;

/// <summary>Randomness that can be had again: the seed is in the test's output, and <c>ERRAND_SEED</c> sets it.</summary>
internal static class Seeds
{
    public static int New()
    {
        string? given = Environment.GetEnvironmentVariable("ERRAND_SEED");
        int seed = given is null ? RandomNumberGenerator.GetInt32(int.MaxValue) : int.Parse(given, CultureInfo.InvariantCulture);
        TestContext.Current.TestOutputHelper?.WriteLine($"ERRAND_SEED={seed}");
        return seed;
    }
}
