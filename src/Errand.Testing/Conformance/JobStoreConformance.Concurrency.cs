using System.Collections.Concurrent;
using Errand.Storage;
using Xunit;

namespace Errand.Testing.Conformance;

// Concurrency: the store decides every race, once.
public abstract partial class JobStoreConformance
{
    [Fact]
    public async Task The_same_job_added_many_times_at_once_is_added_once()
    {
        var second = await SecondAsync();
        for (int round = 0; round < 20; round++)
        {
            var job = Samples.Queued();
            var results = await AtOnceAsync(8, async i => Assert.Single(await (i % 2 == 0 ? Store : second).AddAsync([job], Token)));
            Assert.Single(results, result => result.Added);
            Assert.All(results, result => SameJob.Assert(job, result.Job));
        }
    }

    [Fact]
    public async Task The_same_key_added_many_times_at_once_names_one_job()
    {
        var second = await SecondAsync();
        for (int round = 0; round < 20; round++)
        {
            string key = Samples.Name(round);
            var results = await AtOnceAsync(8, async i =>
                Assert.Single(await (i % 2 == 0 ? Store : second).AddAsync([Samples.Queued(key: key)], Token)));
            var added = Assert.Single(results, result => result.Added).Job;
            Assert.All(results, result => Assert.Equal(added.Id, result.Job.Id));
        }
        Assert.Equal(20, (await Store.ListAsync(new(), Token)).Items.Count);
    }

    [Fact]
    public async Task No_job_is_claimed_twice()
    {
        const int count = 500;
        var second = await SecondAsync();
        var random = Chance.New();
        int[] batches = [.. Enumerable.Range(0, 8).Select(_ => random.Next(1, 12))];
        await Store.AddedAsync(Samples.Many(count, i => Samples.Queued(i % 2 == 0 ? "a" : "b", at: random.Next(50))));
        var claimed = new ConcurrentBag<Job>();
        await AtOnceAsync(8, async (i, stop) =>
        {
            var store = i % 2 == 0 ? Store : second;
            var runner = new RunnerId($"runner-{i}");
            while (claimed.Count < count && !stop.IsCancellationRequested)
            {
                var started = (await store.ClaimAsync(runner, batches[i], 100, "a", "b")).Started;
                foreach (var job in started)
                {
                    Assert.Equal((runner, 1, 2L), (job.Runner!.Value, job.Attempt, job.Version));
                    claimed.Add(job);
                }
                if (started.Count == 0) await BreathAsync();
            }
            return true;
        });
        Assert.Equal(count, claimed.Count);
        Assert.Equal(count, claimed.DistinctBy(job => job.Id).Count());
        Assert.Equal(count, (await Store.CountAsync(new(), Token)).GetValueOrDefault(JobState.Running));
    }

    [Fact]
    public async Task No_job_is_adopted_twice()
    {
        var second = await SecondAsync();
        await Store.AddedAsync(Samples.Many(100, _ => Samples.Running(Samples.Runner)));
        await LapsedAsync(Samples.Runner);
        var adopted = new ConcurrentBag<JobId>();
        await AtOnceAsync(8, async (i, stop) =>
        {
            while (adopted.Count < 100 && !stop.IsCancellationRequested)
            {
                var jobs = (await (i % 2 == 0 ? Store : second).ClaimAsync(new($"heir-{i}"), 3, 30)).Adopted;
                foreach (var job in jobs) adopted.Add(job.Id);
                if (jobs.Count == 0) await BreathAsync();
            }
            return true;
        });
        Assert.Equal(100, adopted.Distinct().Count());
        Assert.Equal(100, adopted.Count);
    }

    [Fact]
    public async Task Of_two_ends_that_race_one_wins()
    {
        var second = await SecondAsync();
        for (int round = 0; round < 30; round++)
        {
            var job = await Store.BroughtToAsync(JobPhase.Running);
            var results = await AtOnceAsync(4, i => (i % 2 == 0 ? Store : second).ApplyAsync(job.Id,
                JobTransition.Finish(job.Fence, JobOutcome.Completed(Samples.Json(Samples.Name(i + 100_000))), Samples.At(9))));
            int winner = Assert.Single(Enumerable.Range(0, 4), i => results[i].Status == ApplyStatus.Applied);
            Assert.Equal(Samples.Json(Samples.Name(winner + 100_000)), (await Store.FoundAsync(job.Id)).Outcome!.Result);
        }
    }

    [Fact]
    public async Task A_cancel_and_an_end_that_race_agree_on_what_happened()
    {
        var second = await SecondAsync();
        for (int round = 0; round < 30; round++)
        {
            var job = await Store.BroughtToAsync(JobPhase.Running);
            var finish = JobTransition.Finish(job.Fence, JobOutcome.Completed(Samples.Json("1")), Samples.At(9));
            var results = await AtOnceAsync(2, i => i == 0
                ? Store.ApplyAsync(job.Id, finish)
                : second.ApplyAsync(job.Id, JobTransition.RequestCancel("bob", Samples.At(9))));
            var after = await Store.FoundAsync(job.Id);
            bool cancelled = results[1].Status == ApplyStatus.Applied;
            Assert.Equal(ApplyStatus.Applied, results[0].Status);
            Assert.Equal(cancelled ? JobPhase.Cancelled : JobPhase.Completed, after.Phase);
            Assert.Equal(cancelled, after.Outcome!.Result.IsNone);
            Assert.Equal(job.Version + (cancelled ? 2 : 1), after.Version);
        }
    }

    [Fact]
    public async Task Versions_have_no_gaps_and_no_repeats_while_many_write_to_one_job()
    {
        var second = await SecondAsync();
        var job = await Store.BroughtToAsync(JobPhase.Running);
        var written = new ConcurrentBag<long>();
        await AtOnceAsync(8, async i =>
        {
            for (int n = 0; n < 25; n++)
            {
                var note = JobTransition.Note(job.Fence, new(Samples.At(n), $"{i}-{n}"));
                var result = await (i % 2 == 0 ? Store : second).ApplyAsync(job.Id, note);
                Assert.Equal(ApplyStatus.Applied, result.Status);
                written.Add(result.Version);
            }
            return true;
        });
        Assert.Equal(Enumerable.Range(1, 200).Select(n => job.Version + n), written.Order());
        Assert.Equal(job.Version + 200, (await Store.FoundAsync(job.Id)).Version);
        Assert.Equal(200, (await Store.HistoryAsync(job.Id, Token)).Select(line => line.Name).Distinct().Count());
    }

    [Fact]
    public async Task Of_those_who_expect_one_version_one_writes()
    {
        var second = await SecondAsync();
        var job = await Store.BroughtToAsync(JobPhase.Waiting);
        for (int round = 0; round < 20; round++)
        {
            var results = await AtOnceAsync(6, i => (i % 2 == 0 ? Store : second).ApplyAsync(job.Id,
                JobTransition.Answer(Questions(job, answered: false), "1", $"person {i}", job.Version, Samples.At(9))));
            Assert.Single(results, result => result.Status == ApplyStatus.Applied);
            job = await Store.FoundAsync(job.Id);
        }
    }

    [Fact]
    public async Task A_session_runs_one_at_a_time_and_in_order_under_many_runners()
    {
        const int sessions = 10, length = 8;
        var second = await SecondAsync();
        var jobs = Samples.Many(sessions * length, i => Samples.Queued(new JobSpec("work", Samples.Json(Samples.Name(100_000 + i)))
        {
            Owner = "ann", Session = Samples.Name(i % sessions),
        }));
        await Store.AddedAsync(jobs[..40]);
        var running = new ConcurrentDictionary<string, JobId>();
        var order = new ConcurrentQueue<Job>();
        var adding = AtOnceAsync(1, async _ =>
        {
            foreach (var job in jobs[40..]) await second.AddedAsync(job);
            return true;
        });
        await AtOnceAsync(6, async (i, stop) =>
        {
            var store = i % 2 == 0 ? Store : second;
            while (order.Count < jobs.Length && !stop.IsCancellationRequested)
            {
                var started = (await store.ClaimAsync(new($"runner-{i}"), 3, 100)).Started;
                foreach (var job in started)
                {
                    Assert.True(running.TryAdd(job.Spec.Session!, job.Id), "Two jobs of one session ran at once.");
                    order.Enqueue(job);
                    await store.AppliedAsync(job.Id, JobTransition.ReportProgress(job.Fence, new(1), Samples.At(1)));
                    running.TryRemove(job.Spec.Session!, out var _);
                    await store.FinishedAsync(job);
                }
                if (started.Count == 0) await BreathAsync();
            }
            return true;
        });
        await adding;
        foreach (var session in order.GroupBy(job => job.Spec.Session))
            Assert.Equal(jobs.Where(job => job.Spec.Session == session.Key).Select(job => job.Id), session.Select(job => job.Id));
    }

    [Fact]
    public async Task A_record_counts_right_while_many_write_it()
    {
        var second = await SecondAsync();
        await AtOnceAsync(8, async (i, stop) =>
        {
            var store = i % 2 == 0 ? Store : second;
            for (int n = 0; n < 10; n++)
                while (!stop.IsCancellationRequested)
                {
                    var read = await store.ReadRecordAsync("count", Token);
                    long count = read is null ? 0 : read.Value.ToElement().GetInt64();
                    if (await store.WriteRecordAsync("count", read?.Version ?? 0, Samples.Json($"{count + 1}"), Token)) break;
                }
            return true;
        });
        Assert.Equal(new StoreRecord(80, Samples.Json("80")), await Store.ReadRecordAsync("count", Token));
    }

    [Fact]
    public async Task A_runner_either_beats_or_lapses()
    {
        var second = await SecondAsync();
        for (int round = 0; round < 20; round++)
        {
            var runner = new RunnerId($"runner-{round}");
            await BeatAsync(runner, 1);
            bool lapsed = false, beaten = false;
            await AtOnceAsync(2, async i =>
            {
                if (i == 0) lapsed = await second.LapseAsync(runner, 1, Token);
                else beaten = !(await BeatAsync(runner, 2)).Lapsed;
                return true;
            });
            Assert.NotEqual(lapsed, beaten);
        }
    }

    // A store that answers nothing must not be asked so fast that nobody else comes to speak.
    private static Task BreathAsync() => Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, Token);

    private static Task<T[]> AtOnceAsync<T>(int count, Func<int, Task<T>> act) => AtOnceAsync(count, (i, _) => act(i));

    /// <summary>Does something in several threads at once; when one of them fails, the others are told to stop.</summary>
    private static async Task<T[]> AtOnceAsync<T>(int count, Func<int, CancellationToken, Task<T>> act)
    {
        var results = new T[count];
        using var patience = new CancellationTokenSource(Patience * 2, TimeProvider.System);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token, patience.Token);
        await Task.WhenAll(Enumerable.Range(0, count).Select(i => WorkScheduler.Default.Run(async () =>
        {
            try { results[i] = await act(i, stop.Token); }
            catch
            {
                stop.Cancel();
                throw;
            }
        })));
        Assert.False(stop.IsCancellationRequested, "It took too long.");
        return results;
    }
}
