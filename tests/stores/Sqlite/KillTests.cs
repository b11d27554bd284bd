using Errand.Sqlite;

namespace Errand.Stores.Tests.Sqlite;

/// <summary>That what was acknowledged outlives the process that acknowledged it, however that ends.</summary>
public sealed class KillTests : IDisposable
{
    private const int Kills = 10;
    private readonly StoreFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task B_39_a_killed_process_has_lost_nothing_that_it_acknowledged()
    {
        int seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        List<JobId> acknowledged = [];
        for (int kill = 0; kill < Kills; kill++)
        {
            using var process = StoreProcess.Start(_folder.File);
            for (int left = random.Next(1, 1500); left > 0; left--) acknowledged.Add((await process.NextAsync(Token))!.Value);
            process.Kill();
            acknowledged.AddRange(await process.ReadToEndAsync(Token));
        }
        await using var store = await _folder.OpenedAsync();
        foreach (var id in acknowledged) Assert.True(await store.FindAsync(id, Token) is not null, $"Job {id} was acknowledged and is not there.");
        // Each kill may leave what was written and not yet acknowledged: at most one job for each of the eight that add.
        Assert.InRange((await store.CountAsync(new(), Token))[JobState.Queued], acknowledged.Count, acknowledged.Count + (Kills * 8));
    }

    [Fact]
    public async Task B_39_the_death_of_a_process_does_not_hold_up_the_others()
    {
        await using var store = await _folder.OpenedAsync();
        for (int kill = 0; kill < 3; kill++)
        {
            using var process = StoreProcess.Start(_folder.File);
            await process.NextAsync(Token);
            process.Kill();
            Assert.True(Assert.Single(await store.AddAsync(Jobs.Many(1), Token)).Added);
        }
        await store.DisposeAsync();
        using var connection = SqliteConnection.Open(_folder.File, ConnectionMode.Write);
        Assert.Equal("ok", connection.ReadText("PRAGMA integrity_check"));
    }
}
