using System.Runtime.CompilerServices;

namespace Errand.Mutation.Tests;

/// <summary>The seed of the conformance suite's chances: the same for every mutant, so that none of them lives or dies by luck.</summary>
internal static class Seed
{
    private const string Variable = "ERRAND_TEST_SEED";

    public static string Text => Environment.GetEnvironmentVariable(Variable)!;

#pragma warning disable CA2255 // It must stand before the first case runs, whichever that is.
    [ModuleInitializer]
    internal static void Set() => Environment.SetEnvironmentVariable(Variable, Environment.GetEnvironmentVariable(Variable) ?? "1");
#pragma warning restore CA2255
}
