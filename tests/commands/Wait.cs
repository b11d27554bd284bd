namespace Errand.Commands.Tests;

/// <summary>Waits for what no event tells of: something that another process does.</summary>
internal static class Wait
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(5);

    public static Task ForAsync(Func<bool> wanted) => ForAsync(() => Task.FromResult(wanted()));

    public static async Task ForAsync(Func<Task<bool>> wanted)
    {
        while (!await wanted()) await Task.Delay(Look, TestContext.Current.CancellationToken);
    }
}
