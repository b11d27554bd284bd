using Errand.Storage;
using Xunit;
using static Errand.Testing.Conformance.CapSteps;

namespace Errand.Testing.Conformance;

public abstract partial class JobStoreConformance
{
    // What jobs have to do with one another: caps, dependencies, reuse, pauses.
    private sealed partial class Walk
    {
        private readonly HashSet<string> _gates = [];

        private Job NewJob(IReadOnlyList<Job> before)
        {
            var spec = new JobSpec(SomeKinds[random.Next(2)])
            {
                Owner = "ann",
                Session = random.Next(3) == 0 ? $"s{random.Next(4)}" : null,
                Key = random.Next(6) == 0 ? $"k{random.Next(30)}" : null,
                Priority = random.Next(-1, 2),
                RunAt = random.Next(5) == 0 ? Samples.At(_now + random.Next(50)) : null,
                Reuse = (JobReuse)Math.Max(0, random.Next(-5, 3)),
                Fingerprint = random.Next(2) == 0 ? $"f{random.Next(10)}" : null,
                KeepFor = random.Next(3) == 0 ? TimeSpan.FromSeconds(random.Next(60)) : null,
                Held = random.Next(6) == 0,
                After = random.Next(4) == 0 ? SomeParents(before) : [],
            };
            var job = Samples.Queued(spec, _now + (random.Next(5) * 0.25)).Under(SomeCaps());
            return random.Next(12) > 0 ? job : job with
            {
                Phase = JobPhase.Running, Attempt = 1, Runner = Runner, StartedAt = job.CreatedAt, Holds = JobHolds.None,
                PromotedAt = random.Next(2) == 0 ? job.CreatedAt : null,
            };
        }

        private JobDependency[] SomeParents(IReadOnlyList<Job> before) =>
            [.. Enumerable.Range(0, random.Next(1, 3)).Select(_ => new JobDependency(Parent(before), OnAnyEnd: random.Next(2) == 0))];

        private JobId Parent(IReadOnlyList<Job> before)
        {
            if (before.Count > 0 && random.Next(3) == 0) return before[random.Next(before.Count)].Id;
            if (_ids.Count == 0 || random.Next(20) == 0) return JobId.New(Samples.At(_now));
            return _ids[random.Next(Math.Max(0, _ids.Count - 30), _ids.Count)];
        }

        private JobCap[] SomeCaps() => random.Next(4) switch
        {
            0 => [Cap("gpu", random.Next(2, 4))],
            1 => [Cap("api", random.Next(3) == 0 ? 3 : null, 20, new(random.Next(1, 4), TimeSpan.FromSeconds(7)) { Burst = random.Next(1, 3) })],
            2 => [Cap("gpu", random.Next(1, 4)), Cap($"key/{random.Next(3)}", 1, random.Next(4, 9))],
            _ => [],
        };

        private async Task ReleaseAsync(int limit)
        {
            var expected = await model.ReleaseAsync(1000, Token);
            // In which order dependents are looked at is not laid down, so the parts are put together first.
            HashSet<UnmetDependency> unmet = [];
            for (bool more = true; more; limit *= 2)
            {
                var actual = await store.ReleaseAsync(limit, Token);
                unmet.UnionWith(actual.Unmet);
                more = actual.More;
            }
            Assert.Equal(expected.Unmet.Distinct().OrderBy(one => (one.Job, one.Parent)), unmet.OrderBy(one => (one.Job, one.Parent)));
            var rejects = unmet.Select(one => one.Job).Distinct().Order().Take(random.Next(10))
                .Select(id => new JobWrite(id, JobTransition.Reject(JobOutcome.Cancelled, "never", Samples.At(_now)))).ToList();
            var left = await model.ApplyAsync(rejects, Token);
            var right = await store.ApplyAsync(rejects, Token);
            Assert.Equal(left.Select(result => (result.Status, result.Version)), right.Select(result => (result.Status, result.Version)));
        }

        private async Task GateAsync()
        {
            string name = (random.Next(3) == 0 ? StoreRecord.Draining : StoreRecord.Paused) + (random.Next(3) == 0 ? "" : SomeKinds[random.Next(2)]);
            bool closes = _gates.Count == 0 && _gates.Add(name);
            if (!closes) name = _gates.Single();
            if (!closes) _gates.Clear();
            foreach (var one in new[] { model, store })
                Assert.True(await one.WriteRecordAsync(name, closes ? 0 : 1, closes ? Samples.Json("1") : default, Token));
        }
    }
}
