namespace Errand.Chaos.Tests.Worker;

/// <summary>The numbers of warnings that tests look for.</summary>
internal static class Logs
{
    /// <summary>The end of a job was refused although its runner holds it: never.</summary>
    public const int EndRefused = 5;

    /// <summary>A runner learns that it was taken for gone.</summary>
    public const int Lapsed = 22;

    /// <summary>A runner takes another for gone.</summary>
    public const int RunnerLapsed = 30;
}
