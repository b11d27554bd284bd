using Errand.Storage;

namespace Errand.Tests.Storage;

public sealed class OrderedJobsTests
{
    private readonly OrderedJobs _jobs = new();
    private readonly SortedDictionary<JobId, StoredJob> _expected = [];

    [Fact]
    public void It_keeps_its_order_whoever_comes_and_leaves()
    {
        int seed = Seeds.New();
        var random = new Random(seed);
        for (int step = 0; step < 12_000; step++)
        {
            // It grows by ids of now, by late ones from before, and shrinks from the old end and from within.
            bool growing = step % 6000 < 4000;
            if (growing) Add(random.Next(3) == 0 ? random.Next(step + 1) : step);
            else if (_expected.Count > 0) Remove(random.Next(2) == 0 ? _expected.Keys.First() : Any(random));
            if (step % 500 == 0) IsAsExpected(random, seed);
        }
        while (_expected.Count > 0) Remove(Any(random));
        IsAsExpected(random, seed);
    }

    [Fact]
    public void An_empty_one_has_nothing_before_or_after_anything()
    {
        var room = new Job[4];
        foreach (var id in new JobId?[] { null, JobId.New(Jobs.Steps.Start) })
            Assert.Equal((0, 0), (_jobs.CopyAfter(id, true, room), _jobs.CopyAfter(id, false, room)));
    }

    private void Add(int milliseconds)
    {
        var at = Jobs.Steps.Start.AddMilliseconds(milliseconds);
        var job = new StoredJob(Job.Queued(JobId.New(at), new("work"), at), 0);
        _jobs.Add(job);
        _expected.Add(job.Job.Id, job);
    }

    private void Remove(JobId id)
    {
        _jobs.Remove(id);
        _expected.Remove(id);
    }

    private JobId Any(Random random) => _expected.Keys.ElementAt(random.Next(_expected.Count));

    private void IsAsExpected(Random random, int seed)
    {
        var ids = _expected.Keys.ToList();
        JobId? present = ids.Count > 0 ? ids[random.Next(ids.Count)] : null;
        var absent = JobId.New(Jobs.Steps.Start.AddMilliseconds(random.Next(12_000)));
        foreach (var after in new[] { null, present, absent })
        {
            var room = new Job[random.Next(1, 1500)];
            var up = ids.Where(id => after is null || id > after).Take(room.Length);
            int copied = _jobs.CopyAfter(after, oldestFirst: true, room);
            Assert.True(up.SequenceEqual(room[..copied].Select(job => job.Id)), $"seed {seed}, upwards after {after}");
            var down = Enumerable.Reverse(ids).Where(id => after is null || id < after).Take(room.Length);
            copied = _jobs.CopyAfter(after, oldestFirst: false, room);
            Assert.True(down.SequenceEqual(room[..copied].Select(job => job.Id)), $"seed {seed}, downwards after {after}");
        }
    }
}
