using System.Globalization;
using System.Security.Cryptography;
using Errand.Storage;

namespace Errand.Stores.Tests.Sqlite;

/// <summary>That the shortcuts of lists lead to the jobs that a look at each of them would: the store in memory takes no shortcuts.</summary>
public sealed class ListTests : IDisposable
{
    private static readonly string?[] Some = [null, "a", "b"];
    private readonly StoreFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task C_06_whatever_is_asked_for_the_answer_is_that_of_a_store_that_looks_at_every_job()
    {
        var random = Random();
        await using var store = await _folder.OpenedAsync();
        await using var model = new MemoryJobStore();
        Job[] jobs = [.. Enumerable.Range(0, 400).Select(_ => Job(random))];
        await store.AddAsync(jobs, Token);
        await model.AddAsync(jobs, Token);
        JobWrite[] ends = [.. jobs.Where(job => !job.IsTerminal && random.Next(2) == 0).Select(job => Ended(random, job))];
        await store.ApplyAsync(ends, Token);
        await model.ApplyAsync(ends, Token);
        for (int i = 0; i < 600; i++)
        {
            var query = Query(random, jobs);
            var expected = await model.ListAsync(query, Token);
            var actual = await store.ListAsync(query, Token);
            bool same = expected.Items.Select(job => job.Id).SequenceEqual(actual.Items.Select(job => job.Id));
            Assert.True(same, $"{query} gave {actual.Items.Count}, not {expected.Items.Count}");
            Assert.Equal(expected.Next, actual.Next);
            Assert.Equal(await model.CountAsync(query, Token), await store.CountAsync(query, Token));
        }
    }

    [Fact]
    public async Task A_store_of_many_kinds_is_listed_by_state_too()
    {
        await using var store = await _folder.OpenedAsync();
        await store.AddAsync([.. Enumerable.Range(0, 100).Select(i => Jobs.Queued($"kind {i}"))], Token);
        await store.AddAsync([.. Enumerable.Range(0, 5).Select(_ => Jobs.Running())], Token);
        Assert.Equal(5, (await store.ListAsync(new() { States = [JobState.Running] }, Token)).Items.Count);
        Assert.Equal(100, (await store.CountAsync(new(), Token))[JobState.Queued]);
    }

    [Fact]
    public async Task What_is_hard_to_find_is_found_behind_thousands_that_are_not_meant()
    {
        await using var store = await _folder.OpenedAsync();
        var first = Jobs.Queued() with { Spec = new("work") { Tags = ["rare"] } };
        await store.AddAsync([first], Token);
        for (int i = 0; i < 6; i++) await store.AddAsync([.. Enumerable.Range(0, 1500).Select(_ => Later())], Token);
        Assert.Equal(first.Id, Assert.Single((await store.ListAsync(new() { Tag = "rare" }, Token)).Items).Id);
        Assert.Equal(1000, (await store.ListAsync(new() { Text = "WORK", Limit = 1000 }, Token)).Items.Count);
    }

    private static JobWrite Ended(Random random, Job job)
    {
        var at = job.CreatedAt.AddSeconds(random.Next(-200, 200));
        var change = new JobChange { FinishedAt = at, Outcome = JobOutcome.Completed() };
        return new(job.Id, new("end", at, new JobEdge(JobPhases.Live, JobPhase.Completed, change)));
    }

    private static Job Later()
    {
        var at = Jobs.Start.AddSeconds(1);
        return Errand.Job.Queued(JobId.New(at), new("work"), at);
    }

    private static Job Job(Random random)
    {
        var idTime = Jobs.Start.AddSeconds(random.Next(600));
        // Most ids tell when their job was made. Some do not: a tick of a schedule, a clock that jumped.
        var created = random.Next(5) == 0 ? Jobs.Start.AddSeconds(random.Next(-600, 1200)) : idTime;
        var phase = (JobPhase)random.Next(8);
        return new()
        {
            Id = JobId.New(idTime),
            Spec = new(Some[random.Next(3)] ?? "c")
            {
                Owner = Some[random.Next(3)] ?? JobSpec.LocalOwner, Agent = Some[random.Next(3)], Session = Some[random.Next(3)],
                Tags = Some[random.Next(3)] is { } tag ? [tag, "x"] : [], Title = random.Next(2) == 0 ? "Größe" : null,
                Parent = Some[random.Next(3)] is { } parent ? Parent(parent) : null,
            },
            Phase = phase, CreatedAt = created, ScheduledAt = created, LastActivityAt = created,
            FinishedAt = phase.IsTerminal() ? created.AddSeconds(random.Next(-200, 200)) : null,
            Outcome = phase.IsTerminal() ? JobOutcome.Of(phase.ToState()) : null,
        };
    }

    private static JobQuery Query(Random random, Job[] jobs) => new()
    {
        States = random.Next(2) == 0 ? [] : [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => (JobState)random.Next(6)).Distinct()],
        Kind = Rarely(random), Owner = random.Next(6) == 0 ? JobSpec.LocalOwner : Rarely(random), Agent = Rarely(random), Session = Rarely(random),
        Tag = Rarely(random), Parent = Rarely(random) is { } parent ? Parent(parent) : null, Text = random.Next(6) == 0 ? "GRÖSSE"[..3] : null,
        CreatedFrom = Time(random), CreatedBefore = Time(random), FinishedBefore = Time(random),
        OldestFirst = random.Next(2) == 0, Limit = random.Next(1, 60), After = random.Next(3) == 0 ? jobs[random.Next(jobs.Length)].Id : null,
    };

    private static string? Rarely(Random random) => random.Next(5) == 0 ? Some[random.Next(1, 3)] : null;

    private static DateTimeOffset? Time(Random random) => random.Next(4) == 0 ? Jobs.Start.AddSeconds(random.Next(-100, 900)) : null;

    private static JobId Parent(string name) => JobId.From(Jobs.Start, [.. Enumerable.Repeat((byte)name[0], 16)]);

    private static Random Random()
    {
        int seed = Environment.GetEnvironmentVariable("ERRAND_SEED") is { } given
            ? int.Parse(given, CultureInfo.InvariantCulture) : RandomNumberGenerator.GetInt32(int.MaxValue);
        TestContext.Current.TestOutputHelper?.WriteLine($"ERRAND_SEED={seed}");
        return new(seed);
    }
}
