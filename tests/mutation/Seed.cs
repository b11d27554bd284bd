using System.Runtime.CompilerServices;

namespace Errand.Mutation.Tests;

/// <summary>The seed of the conformance suite's chances: the same for every mutant and in every run, so that none of them lives or dies by luck.</summary>
internal static class Seed
{
    public const string Text = "1";

#pragma warning disable CA2255 // It must stand before the first case runs, whichever that is.
    [ModuleInitializer]
    internal static void Set() => Environment.SetEnvironmentVariable("ERRAND_SEED", Text);
#pragma warning restore CA2255
}
