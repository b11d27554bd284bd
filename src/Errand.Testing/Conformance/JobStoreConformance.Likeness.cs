using Errand.Storage;
using Xunit;

namespace Errand.Testing.Conformance;

// Likeness: whatever happens, in whatever order, the store answers what the store in memory answers.
public abstract partial class JobStoreConformance
{
    private static readonly string[] SomeKinds = ["a", "b"];

    [Fact]
    public async Task A_long_random_life_leaves_what_it_leaves_in_memory()
    {
        var random = Chance.New();
        await using var model = new MemoryJobStore();
        var walk = new Walk(Store, model, random);
        for (int step = 0; step < 600; step++) await walk.StepAsync(step);
        await walk.CompareAllAsync();
    }

    /// <summary>Does the same to two stores, and compares what they answer.</summary>
    private sealed partial class Walk(IJobStore store, IJobStore model, Random random)
    {
        private readonly List<JobId> _ids = [];
        private int _runner = 1;
        private long _beat;
        private int _now;

        private RunnerId Runner => new($"walker-{_runner}");

        public Task StepAsync(int step)
        {
            _now = step;
            return random.Next(24) switch
            {
                < 6 => AddAsync(),
                < 10 => ClaimAsync(random.Next(5)),
                < 18 => ApplyAsync(),
                18 => LapseAsync(),
                19 => RemoveAsync(),
                20 => ReleaseAsync(random.Next(1, 6)),
                21 => GateAsync(),
                _ => LookAsync(),
            };
        }

        public async Task CompareAllAsync()
        {
            foreach (var id in _ids.Distinct())
            {
                var expected = await model.FindAsync(id, Token);
                var actual = await store.FindAsync(id, Token);
                if (expected is null) Assert.Null(actual);
                else SameJob.Assert(expected, actual);
                SameEvents(await model.HistoryAsync(id, Token), await store.HistoryAsync(id, Token));
                Assert.Equal(await model.PlaceAsync(id, 1000, Token), await store.PlaceAsync(id, 1000, Token));
            }
            Assert.Equal(await model.ListCapsAsync("", null, 100, Token), await store.ListCapsAsync("", null, 100, Token));
        }

        private async Task AddAsync()
        {
            List<Job> jobs = [];
            for (int i = random.Next(1, 5); i > 0; i--) jobs.Add(NewJob(jobs));
            var expected = await model.AddAsync(jobs, Token);
            var actual = await store.AddAsync(jobs, Token);
            Assert.Equal(
                expected.Select(result => (result.Added, result.Job.Id, result.Refusal)),
                actual.Select(result => (result.Added, result.Job.Id, result.Refusal)));
            foreach (var (left, right) in expected.Zip(actual)) SameJob.Assert(left.Job, right.Job);
            _ids.AddRange(expected.Select(result => result.Job.Id));
        }

        private async Task ClaimAsync(int count)
        {
            var request = new ClaimRequest(Runner, random.Next(3) == 0 ? [SomeKinds[random.Next(2)]] : SomeKinds, count, Samples.At(_now));
            var expected = await model.ClaimAsync(request, Token);
            var actual = await store.ClaimAsync(request, Token);
            Assert.Equal(expected.Started.Select(job => job.Id), actual.Started.Select(job => job.Id));
            Assert.Equal(expected.Adopted.Select(job => job.Id).Order(), actual.Adopted.Select(job => job.Id).Order());
            foreach (var (left, right) in expected.Started.Zip(actual.Started)) SameJob.Assert(left, right);
            Assert.Equal(expected.NextDue, actual.NextDue);
        }

        private async Task ApplyAsync()
        {
            if (_ids.Count == 0) return;
            var names = EveryTransitionByName.Keys.ToList();
            var writes = new List<JobWrite>();
            for (int i = random.Next(1, 4); i > 0; i--)
            {
                var id = _ids[random.Next(Math.Max(0, _ids.Count - 60), _ids.Count)];
                string name = names[random.Next(names.Count)];
                // Nobody starts by hand what is held back: what its holds would then mean is not laid down.
                if (await model.FindAsync(id, Token) is { } job && (name != "start" || job.Holds == JobHolds.None))
                    writes.Add(new(id, EveryTransitionByName[name](job)));
            }
            var expected = await model.ApplyAsync(writes, Token);
            var actual = await store.ApplyAsync(writes, Token);
            foreach (var (left, right) in expected.Zip(actual))
            {
                Assert.Equal((left.Status, left.Edge), (right.Status, right.Edge));
                if (left.Status == ApplyStatus.Applied) Assert.Equal(left.Version, right.Version);
                if (left.Current is { } current) SameJob.Assert(current, right.Current);
            }
        }

        // The heir takes over everything at once: in which order is not laid down.
        private async Task LapseAsync()
        {
            var beat = new RunnerBeat(Runner, ++_beat, null);
            var expected = await model.HeartbeatAsync(beat, Token);
            var actual = await store.HeartbeatAsync(beat, Token);
            Assert.Equal(expected.Held.OrderBy(held => held.Id), actual.Held.OrderBy(held => held.Id));
            Assert.Equal(await model.LapseAsync(Runner, _beat, Token), await store.LapseAsync(Runner, _beat, Token));
            _runner++;
            var request = new ClaimRequest(Runner, SomeKinds, 1000, Samples.At(_now));
            var adopted = (await model.ClaimAsync(request, Token)).Adopted;
            Assert.Equal(adopted.Select(job => job.Id).Order(), (await store.ClaimAsync(request, Token)).Adopted.Select(job => job.Id).Order());
        }

        private async Task RemoveAsync()
        {
            JobId[] ids = [.. Enumerable.Range(0, Math.Min(_ids.Count, 10)).Select(_ => _ids[random.Next(_ids.Count)])];
            Assert.Equal(await model.RemoveAsync(ids, Token), await store.RemoveAsync(ids, Token));
        }

        private async Task LookAsync()
        {
            var query = new JobQuery
            {
                Limit = random.Next(1, 30), OldestFirst = random.Next(2) == 0, States = random.Next(2) == 0 ? [(JobState)random.Next(6)] : [],
                Kind = random.Next(2) == 0 ? "a" : null, Session = random.Next(3) == 0 ? "s1" : null,
            };
            var expected = await model.ListAsync(query, Token);
            var actual = await store.ListAsync(query, Token);
            Assert.Equal(expected.Items.Select(job => (job.Id, job.Version)), actual.Items.Select(job => (job.Id, job.Version)));
            Assert.Equal(expected.Next, actual.Next);
            var counts = await store.CountAsync(query, Token);
            foreach (var (state, count) in await model.CountAsync(query, Token))
                Assert.Equal((state, count), (state, counts.GetValueOrDefault(state)));
        }
    }
}
