namespace Errand.Commands.Tests.Processes;

/// <summary>For what no event tells.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(5);

    public static async Task Async(Func<bool> condition)
    {
        long startedAt = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(startedAt) < Patience, "It did not come true in time.");
            await Task.Delay(Look, TimeProvider.System);
        }
    }
}
