using Errand.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using static Errand.Tests.Kinds;

namespace Errand.Tests.Hosting;

/// <summary>T3: the kit that users test their jobs with.</summary>
public sealed class TestKitTests
{
    private readonly List<string> _steps = [];

    [Fact]
    public void T3_nothing_happens_and_no_time_passes_unless_the_test_lets_it()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep());
        var job = errand.Run(client => client.SubmitAsync(Sleep(5)));
        Assert.Equal(TimeSpan.Zero, errand.World.Elapsed);
        errand.RunToIdle();
        Assert.Equal((JobState.Running, TimeSpan.Zero), (errand.Get(job.Id).State, errand.World.Elapsed));
        errand.Advance(Seconds(4.999));
        Assert.Equal(JobState.Running, errand.Get(job.Id).State);
        errand.Advance(Milliseconds(1));
        Assert.Equal(JobState.Completed, errand.Get(job.Id).State);
    }

    [Fact]
    public void T3_everything_runs_on_the_thread_of_the_test()
    {
        HashSet<int> threads = [];
        using var errand = ErrandTest.Start(builder => builder
            .Add("async", async job =>
            {
                threads.Add(Environment.CurrentManagedThreadId);
                await Task.Delay(Seconds(1), job.Time);
                threads.Add(Environment.CurrentManagedThreadId);
            })
            .AddBlockingJob<int, int>("blocking", (number, _) =>
            {
                threads.Add(Environment.CurrentManagedThreadId);
                return number;
            }));
        errand.End(errand.Submit(new("async")).Id);
        errand.End(errand.Submit(new("blocking", JobData.Parse("1"))).Id);
        errand.Run(client => client.CallAsync(new JobSpec("async"), Patience(0.5)));
        errand.Advance(Minutes(1));
        Assert.Equal([Environment.CurrentManagedThreadId], threads);
    }

    [Fact]
    public void T3_a_seed_gives_the_same_course_again_and_another_another()
    {
        Assert.Equal(Course(seed: 5), Course(seed: 5));
        Assert.Contains(Enumerable.Range(6, 20), seed => Course(seed) != Course(seed: 5));

        string Course(int seed)
        {
            _steps.Clear();
            using var errand = ErrandTest.Start(builder => builder.Add("note", async job =>
            {
                for (int step = 0; step < 4; step++)
                {
                    _steps.Add($"{job.Input}.{step} {job.Id}");
                    await Task.Delay(Seconds(1), job.Time);
                }
            }), seed: seed);
            errand.Run(client => client.SubmitAsync([.. Enumerable.Range(0, 5).Select(i => new JobSpec("note", JobData.Parse($"{i}")))]));
            errand.Advance(Minutes(1));
            return string.Join('\n', _steps);
        }
    }

    [Fact]
    public void T3_jobs_get_their_services_and_loggers_as_in_a_host()
    {
        using var errand = ErrandTest.Start(builder =>
        {
            builder.Services.AddSingleton(_steps);
            builder.AddJob<Greeter, string, string>();
        });
        var job = errand.Run(client => client.SubmitAsync("greet", "ann"));
        Assert.Equal("hello ann", errand.Run(client => client.WaitForResultAsync<string>(job.Id)));
        Assert.Equal(["greeted ann"], _steps);
        Assert.Equal("info: greeting ann\n", errand.OutputOf(job.Id));
    }

    [Fact]
    public void T3_options_are_validated_as_in_a_host()
    {
        var refusal = Assert.Throws<OptionsValidationException>(() => ErrandTest.Start(builder => builder.Configure(options => options.Slots = 0)));
        Assert.Contains("Slots is 0", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void T3_a_call_that_was_begun_has_no_answer_before_its_time()
    {
        using var errand = ErrandTest.Start(builder => builder.AddSleep());
        var call = errand.Begin(client => client.CallAsync(Sleep(5)));
        Assert.Contains("Advance", Assert.Throws<InvalidOperationException>(() => call.Answer).Message, StringComparison.Ordinal);
        errand.Advance(Seconds(5));
        Assert.Equal("5", call.Answer.GetResult().ToString());
        var refused = errand.Begin(client => client.GetAsync(JobId.New(errand.Time.GetUtcNow())));
        Assert.Throws<JobNotFoundException>(() => refused.Answer);
    }

    [Fact]
    public void T3_a_call_that_never_answers_is_given_up_after_an_hour_of_the_hosts_time()
    {
        using var errand = ErrandTest.Start(builder => builder.Add("never", _ => new TaskCompletionSource().Task, kind => kind.Limits = JobLimits.None));
        var refusal = Assert.Throws<TimeoutException>(() => errand.Run(client => client.CallAsync(new JobSpec("never"))));
        Assert.Contains("seed 1", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task T3_what_ends_on_another_thread_comes_back_to_the_test()
    {
        var outside = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        int thread = 0;
        using var errand = ErrandTest.Start(builder => builder.Add("outside", async _ =>
        {
            int number = await outside.Task;
            thread = Environment.CurrentManagedThreadId;
            return $"{number}";
        }));
        var call = errand.Begin(client => client.CallAsync(new JobSpec("outside")));
        await Task.Run(() => outside.SetResult(7), TestContext.Current.CancellationToken);
        while (!call.HasEnded) errand.RunToIdle();
        Assert.Equal("7", call.Answer.GetResult().ToString());
        Assert.Equal(Environment.CurrentManagedThreadId, thread);
    }

    [Job("greet")]
    private sealed class Greeter(List<string> steps, ILoggerFactory loggers) : IJob<string, string>
    {
        public Task<string> RunAsync(string input, JobContext job)
        {
            loggers.CreateLogger("Shop.Greeter").LogInformation("greeting {Name}", input);
            steps.Add($"greeted {input}");
            return Task.FromResult($"hello {input}");
        }
    }
}
