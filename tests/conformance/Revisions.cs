namespace Errand.Conformance.Tests;

/// <summary>The revisions of the protocol for which the suite knows what is required.</summary>
internal static class Revisions
{
    public const string Sessions = "2025-11-25";
    public const string Stateless = "2026-07-28";

    public static IReadOnlyList<string> All { get; } = [Sessions, Stateless];
}
