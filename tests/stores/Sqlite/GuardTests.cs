using Errand.Sqlite;

namespace Errand.Stores.Tests.Sqlite;

/// <summary>That each part of the guard of an update is needed: with one of them taken out, a write that must be refused is applied.</summary>
public sealed class GuardTests : IDisposable
{
    private static readonly JobFence Fence = new(Jobs.Runner, 1);
    private readonly StoreFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Guards => ["((1 << phase) & ?) <> 0", "runner IS ?", "attempt = ?", "version = ?"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task With_all_its_guards_every_wrong_write_is_refused()
    {
        await using var store = await OpenedAsync(without: null);
        foreach (string guard in Guards.Select(row => row.Data)) Assert.Equal(ApplyStatus.Refused, await WronglyWrittenAsync(store, guard));
    }

    [Theory]
    [MemberData(nameof(Guards))]
    public async Task Without_one_of_its_guards_a_wrong_write_is_applied(string guard)
    {
        await using var store = await OpenedAsync(without: guard);
        Assert.Equal(ApplyStatus.Applied, await WronglyWrittenAsync(store, guard));
    }

    private static async Task<ApplyStatus> WronglyWrittenAsync(SqliteJobStore store, string guard)
    {
        var job = Jobs.Running();
        await store.AddAsync([job], Token);
        var edge = new JobEdge(guard.Contains("phase", StringComparison.Ordinal) ? JobPhases.Waiting : JobPhases.Running, null, JobChange.Nothing);
        var fence = guard.Contains("runner", StringComparison.Ordinal) ? new(new("another"), 1)
            : guard.Contains("attempt", StringComparison.Ordinal) ? new(Jobs.Runner, 2) : Fence;
        long version = guard.Contains("version", StringComparison.Ordinal) ? 7 : 1;
        var transition = new JobTransition("wrong", Jobs.Start, edge) { Fence = fence, ExpectedVersion = version };
        return Assert.Single(await store.ApplyAsync([new(job.Id, transition)], Token)).Status;
    }

    private async Task<SqliteJobStore> OpenedAsync(string? without)
    {
        // The parameter stays, so that the others keep their places.
        string Rewritten(string sql) => without is null ? sql : sql.Replace($" AND {without}", $" AND ({without} OR 1)", StringComparison.Ordinal);
        var store = StoreFolder.Store(new() { Path = _folder.File, RewriteSql = Rewritten });
        await store.OpenAsync(Token);
        return store;
    }
}
