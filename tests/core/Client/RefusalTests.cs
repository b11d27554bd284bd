using Errand.Testing;
using static Errand.Tests.Kinds;

namespace Errand.Tests.Client;

/// <summary>Requests that are not as they must be: each is refused by its type and its parameter, with words on what to do, and starts nothing.</summary>
public sealed class RefusalTests : IDisposable
{
    private readonly StoreSpy _store = new();
    private readonly ErrandTest _errand;
    private int _started;

    public RefusalTests() => _errand = ErrandTest.Start(builder => builder
        .Add("note", _ => Task.FromResult($"{++_started}"))
        .Configure(options => options.MaxPayloadBytes = 2000), _store);

    public static TheoryData<string, string, JobSpec> Illegal => new()
    {
        { "kind", "letters, digits", new("") },
        { "kind", "letters, digits", new("no spaces") },
        { "kind", "such as 'resize-image'", new(new string('k', 161)) },
        { "owner", "1 to 200 characters", new("note") { Owner = "" } },
        { "owner", "no control characters", new("note") { Owner = "ann\nroot" } },
        { "owner", "1 to 200 characters", new("note") { Owner = new string('o', 201) } },
        { "agent", "1 to 200 characters", new("note") { Agent = " " } },
        { "session", "1 to 200 characters", new("note") { Session = "" } },
        { "key", "no control characters", new("note") { Key = "a\0b" } },
        { "title", "may have 500", new("note") { Title = new string('t', 501) } },
        { "priority", "from -10 to 10", new("note") { Priority = 11 } },
        { "tags", "there may be 50", new("note") { Tags = [.. Enumerable.Range(0, 51).Select(i => $"{i}")] } },
        { "tags", "1 to 200 characters", new("note") { Tags = [""] } },
        { "runAt", "leave it out to run at once", new("note") { RunAt = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero) } },
        { "runAt", "the latest is 2900", new("note") { RunAt = new DateTimeOffset(3000, 1, 1, 0, 0, 0, TimeSpan.Zero) } },
        { "limits.wallTime", "must be positive", new("note") { Limits = new() { WallTime = TimeSpan.Zero } } },
        { "limits.wallTime", "at most a year", new("note") { Limits = new() { WallTime = TimeSpan.FromDays(366) } } },
        { "limits.cpuTime", "must be positive", new("note") { Limits = new() { CpuTime = TimeSpan.Zero } } },
        { "limits.cpuTime", "at most a year", new("note") { Limits = new() { CpuTime = TimeSpan.FromDays(366) } } },
        { "limits.memoryBytes", "must be positive", new("note") { Limits = new() { MemoryBytes = 0 } } },
        { "limits.outputBytes", "must be positive", new("note") { Limits = new() { OutputBytes = 0 } } },
        { "limits.fileBytes", "must be positive", new("note") { Limits = new() { FileBytes = -1 } } },
        { "limits.processes", "at least 1", new("note") { Limits = new() { Processes = 0 } } },
        { "limits.nice", "from -20 to 19", new("note") { Limits = new() { Nice = 20 } } },
        { "limits.nice", "from -20 to 19", new("note") { Limits = new() { Nice = -21 } } },
        { "limits.cpuWeight", "from 1 to 10000", new("note") { Limits = new() { CpuWeight = 0 } } },
        { "limits.cpuWeight", "from 1 to 10000", new("note") { Limits = new() { CpuWeight = 10_001 } } },
        { "retry.maxRetries", "from 0 to 1000", new("note") { Retry = new() { MaxRetries = -1 } } },
        { "retry.baseDelay", "must not be negative", new("note") { Retry = new() { BaseDelay = TimeSpan.FromSeconds(-1) } } },
        { "retry.factor", "at least 1, such as 2", new("note") { Retry = new() { Factor = double.NaN } } },
        { "retry.factor", "at least 1, such as 2", new("note") { Retry = new() { Factor = 0.5 } } },
        { "retry.maxDelay", "must not be less than BaseDelay", new("note") { Retry = new() { MaxDelay = TimeSpan.Zero } } },
        { "retry.maxDelay", "a year at most", new("note") { Retry = new() { MaxDelay = TimeSpan.FromDays(400) } } },
    };

    [Theory]
    [MemberData(nameof(Illegal), DisableDiscoveryEnumeration = true)]
    public void What_is_illegal_is_refused_by_its_parameter(string parameter, string says, JobSpec spec)
    {
        foreach (var ask in Doors(spec))
        {
            var refusal = Assert.Throws<InvalidJobException>(ask);
            Assert.Equal(parameter, refusal.Parameter);
            Assert.Contains(says, refusal.Message, StringComparison.Ordinal);
        }
        NothingWasStarted();
    }

    [Fact]
    public void An_unknown_kind_is_refused_with_the_known_ones_and_what_to_do()
    {
        foreach (var ask in Doors(new("nope")))
        {
            var refusal = Assert.Throws<UnknownJobKindException>(ask);
            Assert.Equal("nope", refusal.Kind);
            Assert.Contains("Registered: note", refusal.Message, StringComparison.Ordinal);
            Assert.Contains("AddJob", refusal.Message, StringComparison.Ordinal);
            Assert.Contains("RemoteKinds", refusal.Message, StringComparison.Ordinal);
        }
        NothingWasStarted();
    }

    [Fact]
    public void J10_an_input_over_the_limit_is_refused_with_both_sizes()
    {
        foreach (var ask in Doors(new("note", JobData.Parse($"\"{new string('x', 2000)}\""))))
        {
            var refusal = Assert.Throws<PayloadTooLargeException>(ask);
            Assert.Equal(("input", 2000), (refusal.Part, refusal.Limit));
            Assert.Contains("2,002 bytes and may have 2,000", refusal.Message, StringComparison.Ordinal);
            Assert.Contains("Pass a path", refusal.Message, StringComparison.Ordinal);
        }
        NothingWasStarted();
    }

    [Fact]
    public void One_illegal_spec_among_many_refuses_them_all()
    {
        Assert.Throws<InvalidJobException>(() => _errand.Run(client => client.SubmitAsync([new("note"), new("note") { Priority = 99 }])));
        NothingWasStarted();
    }

    [Theory]
    [InlineData("")]
    [InlineData("job-1")]
    [InlineData("01j0000000000000000000000000000000000000")]
    [InlineData("'; drop table jobs; --")]
    public void A_malformed_id_is_refused(string text)
    {
        var refusal = Assert.Throws<InvalidJobException>(() => JobId.Parse(text));
        Assert.Equal("id", refusal.Parameter);
        Assert.Contains("36 characters", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void B8_an_unknown_id_is_not_found_whatever_is_asked_of_it()
    {
        var id = JobId.New(_errand.Time.GetUtcNow());
        Assert.Null(_errand.Run(client => client.FindAsync(id)));
        NotFound(client => client.GetAsync(id));
        NotFound(client => client.StatusAsync(id));
        NotFound(client => client.HistoryAsync(id));
        NotFound(client => client.GetResultAsync(id));
        NotFound(client => client.WaitAsync(id));
        NotFound(client => client.ReadOutputAsync(id, new()));
        NotFound(client => client.AnswerAsync(id, "1", JobData.None, "ann"));
        NotFound(client => client.RetryAsync(id));

        void NotFound<T>(Func<IJobClient, ValueTask<T>> ask)
        {
            var refusal = Assert.Throws<JobNotFoundException>(() => _errand.Run(ask));
            Assert.Equal(id, refusal.JobId);
            Assert.Contains($"{id} was not found", refusal.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1001)]
    public void A_page_that_is_too_large_or_empty_is_refused(int limit)
    {
        var refusal = Assert.Throws<InvalidJobException>(() => _errand.Run(client => client.ListAsync(new() { Limit = limit })));
        Assert.Equal("limit", refusal.Parameter);
        Assert.Contains("from 1 to 1000", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stop_without_a_name_is_refused()
    {
        var refusal = Assert.Throws<InvalidJobException>(() => _errand.Run(client => client.CancelAsync(JobId.New(_errand.Time.GetUtcNow()), " ")));
        Assert.Equal("by", refusal.Parameter);
    }

    [Fact]
    public void S4_a_store_that_is_away_refuses_a_submission_clearly_and_nothing_is_half_done()
    {
        _errand.RunToIdle();
        _store.IsAway = true;
        Assert.Throws<StoreUnavailableException>(() => _errand.Run(client => client.SubmitAsync(new JobSpec("note"))));
        Assert.Throws<StoreUnavailableException>(() => _errand.Run(client => client.SubmitAsync([new JobSpec("note"), new JobSpec("note")])));
        _store.IsAway = false;
        _errand.Advance(Seconds(30));
        Assert.Equal(0, _started);
        Assert.Equal(JobState.Completed, _errand.End(_errand.Submit(new("note")).Id).State);
    }

    [Fact]
    public void A_submission_whose_answer_was_lost_is_run_once_and_found_again_by_its_key()
    {
        _store.LosesAnswers = true;
        Assert.Throws<StoreUnavailableException>(() => _errand.Run(client => client.SubmitAsync(new JobSpec("note") { Key = "once" })));
        _store.LosesAnswers = false;
        var job = _errand.Submit(new JobSpec("note") { Key = "once" });
        Assert.Equal(JobState.Completed, _errand.End(job.Id).State);
        Assert.Equal(1, _started);
    }

    [Fact]
    public void A_key_that_names_another_request_is_refused_with_the_job_that_has_it()
    {
        var job = _errand.Submit(new JobSpec("note", JobData.Parse("1")) { Key = "k" });
        Assert.Equal(job.Id, _errand.Submit(new JobSpec("note", JobData.Parse("1")) { Key = "k" }).Id);
        var refusal = Assert.Throws<JobKeyConflictException>(() => _errand.Submit(new JobSpec("note", JobData.Parse("2")) { Key = "k" }));
        Assert.Equal(job.Id, refusal.JobId);
        Assert.Contains("Use a new key", refusal.Message, StringComparison.Ordinal);
        // The same key of another owner is another key.
        Assert.NotEqual(job.Id, _errand.Submit(new JobSpec("note", JobData.Parse("2")) { Key = "k", Owner = "ann" }).Id);
    }

    public void Dispose() => _errand.Dispose();

    private Action[] Doors(JobSpec spec) =>
    [
        () => _errand.Run(client => client.SubmitAsync(spec)),
        () => _errand.Run(client => client.SubmitAsync([spec])),
        () => _errand.Run(client => client.CallAsync(spec)),
        () => _errand.Run(client => client.CallAsync(spec, Patience(1) with { StoreFirst = true })),
    ];

    private void NothingWasStarted()
    {
        _errand.Advance(Seconds(5));
        Assert.Equal((0, 0), (_started, _store.Writes));
    }
}
