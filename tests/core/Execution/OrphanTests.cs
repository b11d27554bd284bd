using Errand.Testing;
using Microsoft.Extensions.DependencyInjection;
using static Errand.Tests.Kinds;

namespace Errand.Tests.Execution;

/// <summary>Work that goes on although its process died before any store knew of it.</summary>
public sealed class OrphanTests
{
    private static readonly DateTimeOffset Began = new(2031, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);
    private readonly List<string> _lives = [];
    private readonly StoreSpy _store = new();
    private readonly FoundWork _found = new();

    [Fact]
    public void B_38_a_call_that_no_store_knew_becomes_a_job_and_goes_on()
    {
        var id = _found.Add(new("remote"));
        using var errand = Start();
        var job = errand.Get(id);
        Assert.Equal((JobPhase.Running, 1, Began, errand.Time.GetUtcNow()), (job.Phase, job.Attempt, job.StartedAt!.Value, job.PromotedAt!.Value));
        job = errand.End(id);
        Assert.Equal((JobState.Completed, 1), (job.State, job.Attempt));
        Assert.Equal(["went on"], _lives);
        var adopted = Assert.Single(errand.Run(client => client.HistoryAsync(id)), line => line.Name == JobEvents.Adopted);
        Assert.Contains("had died before it was stored", adopted.Detail, StringComparison.Ordinal);
        errand.Advance(Minutes(1));
        Assert.Equal(1, _found.Asked);
    }

    [Fact]
    public void B_38_what_the_store_knows_is_left_to_it()
    {
        using var errand = Start();
        var id = errand.Submit(new("remote")).Id;
        errand.Advance(Seconds(1));
        errand.Node.Kill();
        _found.Jobs.Add(new(id, new("remote"), Began));
        using var next = errand.StartAnother();
        Assert.Equal(JobState.Completed, next.End(id).State);
        Assert.Equal(["began", "went on"], _lives);
        Assert.Single(next.History(id), line => line == JobEvents.Adopted);
    }

    [Fact]
    public void B_38_it_takes_a_slot_over_the_limit()
    {
        var ids = Enumerable.Range(0, 3).Select(_ => _found.Add(new("remote"))).ToList();
        using var errand = Start(builder => builder.Configure(options => options.Slots = 1));
        Assert.All(ids, id => Assert.Equal(JobState.Running, errand.Get(id).State));
        var queued = errand.Submit(new("remote")).Id;
        errand.Advance(Seconds(1));
        Assert.Equal(JobState.Queued, errand.Get(queued).State);
        Assert.Equal(JobState.Completed, errand.End(queued).State);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void B_38_where_the_store_does_not_answer_it_is_tried_again_and_begun_once(bool losesAnswers)
    {
        var id = _found.Add(new("remote"));
        int failures = 0;
        if (losesAnswers)
            _store.Answers = call => call == "add" && ++failures < 4 ? Task.FromException(new StoreUnavailableException("lost")) : Task.CompletedTask;
        else _store.Fails = call => call == "find" && ++failures < 4 ? new StoreUnavailableException("away") : null;
        using var errand = Start();
        errand.Advance(Seconds(20));
        Assert.Equal(4, failures);
        Assert.Equal(JobState.Completed, errand.End(id).State);
        Assert.Equal(["went on"], _lives);
        Assert.Equal(1, _found.Asked);
    }

    [Fact]
    public void B_38_of_two_processes_that_find_it_one_goes_on_with_it()
    {
        for (int seed = 1; seed <= 20; seed++)
        {
            _lives.Clear();
            var id = _found.Add(new("remote"));
            using var errand = Start(seed: seed);
            using var other = errand.StartAnother();
            errand.Advance(Seconds(10));
            Assert.Equal(JobState.Completed, other.Get(id).State);
            Assert.Equal(["went on"], _lives);
            _found.Jobs.Clear();
        }
    }

    [Fact]
    public void B_38_a_kind_that_is_not_known_holds_up_nothing_else()
    {
        var unknown = _found.Add(new("unknown"));
        var id = _found.Add(new("remote"));
        using var errand = Start();
        Assert.Equal(JobState.Completed, errand.End(id).State);
        Assert.Throws<JobNotFoundException>(() => errand.Get(unknown));
    }

    private ErrandTest Start(Action<ErrandBuilder>? configure = null, int seed = 1) => ErrandTest.Start(builder =>
    {
        builder.AddKind(new("remote", _ => new RemoteWork(_lives)) { Outlives = true, Limits = JobLimits.None });
        builder.Services.AddSingleton<IOrphanedWork>(_found);
        configure?.Invoke(builder);
    }, _store, seed);

    private sealed class FoundWork : IOrphanedWork
    {
        public List<OrphanedJob> Jobs { get; } = [];

        public int Asked { get; private set; }

        public JobId Add(JobSpec spec)
        {
            Jobs.Add(new(JobId.New(Began), spec, Began.AddTicks(7)));
            return Jobs[^1].Id;
        }

        public IReadOnlyList<OrphanedJob> Find()
        {
            Asked++;
            return [.. Jobs];
        }
    }

    private sealed class RemoteWork(List<string> lives) : IJobExecutor
    {
        public async ValueTask<JobOutcome> RunAsync(JobContext job)
        {
            lives.Add("began");
            await Task.Delay(Seconds(3), job.Time, job.CancellationToken);
            return JobOutcome.Completed();
        }

        public async ValueTask<JobOutcome> ResumeAsync(JobContext job)
        {
            lives.Add("went on");
            await Task.Delay(Seconds(3), job.Time, job.CancellationToken);
            return JobOutcome.Completed();
        }
    }
}
