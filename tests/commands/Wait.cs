namespace Errand.Commands.Tests;

/// <summary>Waits for what no event tells of: something that another process does.</summary>
internal static class Wait
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(5);
    // A test with a shorter time ends by that.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public static Task ForAsync(Func<bool> wanted) => ForAsync(() => Task.FromResult(wanted()));

    public static async Task ForAsync(Func<Task<bool>> wanted)
    {
        long startedAt = TimeProvider.System.GetTimestamp();
        while (!await wanted())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(startedAt) < Patience, "It did not come true in time.");
            await Task.Delay(Look, TestContext.Current.CancellationToken);
        }
    }
}
