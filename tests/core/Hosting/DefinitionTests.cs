using System.ComponentModel.DataAnnotations;
using Errand.Testing;
using Microsoft.Extensions.DependencyInjection;
using static Errand.Tests.Kinds;

namespace Errand.Tests.Hosting;

/// <summary>T1: jobs as delegates, classes and methods, with typed inputs and results.</summary>
public sealed class DefinitionTests
{
    public static TheoryData<string> Shapes => ["delegate", "class", "method", "sync", "value"];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void T1_every_shape_takes_its_input_and_gives_its_result(string kind)
    {
        using var errand = Start();
        var job = errand.Run(client => client.SubmitAsync(kind, new Order("tea", 3)));
        Assert.Equal(new Receipt("tea", 30), errand.Run(client => client.WaitForResultAsync<Receipt>(job.Id)));
        var called = errand.Run(client => client.CallAsync(kind, new Order("tea", 2)));
        Assert.Equal("""{"item":"tea","price":20}""", called.GetResult().ToString());
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void T1_an_input_that_does_not_fit_is_refused_when_it_is_submitted(string kind)
    {
        using var errand = Start();
        Refused(JobData.Parse("""{"item":"tea","count":"three"}"""), "does not fit Order");
        Refused(JobData.Parse("[1]"), "does not fit Order");
        Refused(JobData.Parse("""{"item":"tea","count":0}"""), "The count must be at least 1.");
        Assert.Empty(errand.Run(client => client.ListAsync(new())).Items);

        void Refused(JobData input, string says)
        {
            foreach (var ask in new Action[] { () => errand.Submit(new(kind, input)), () => errand.Run(client => client.CallAsync(new JobSpec(kind, input))) })
            {
                var refusal = Assert.Throws<InvalidJobException>(ask);
                Assert.Equal("input", refusal.Parameter);
                Assert.Contains(says, refusal.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void T1_an_input_that_got_past_another_process_fails_to_start_and_is_not_tried_again()
    {
        using var errand = Start();
        using var front = errand.StartAnother(builder => builder.Configure(options =>
        {
            options.RunsJobs = false;
            foreach (var shape in Shapes) options.RemoteKinds.Add(shape.Data);
        }));
        foreach (var shape in Shapes)
        {
            var job = front.End(front.Submit(new JobSpec(shape.Data, JobData.Parse("[1]")) { Retry = new() { MaxRetries = 3 } }).Id);
            Assert.Equal((shape.Data, JobErrorCodes.StartFailed, 1), (shape.Data, job.Outcome!.Error!.Code, job.Attempt));
        }
    }

    [Fact]
    public void T1_attributes_say_what_holds_for_the_kind()
    {
        using var errand = Start();
        // One attempt and two more, each of which may take 2 s.
        var job = errand.End(errand.Submit(new("slow")).Id);
        Assert.Equal((JobErrorCodes.Timeout, 3), (job.Outcome!.Error!.Code, job.Attempt));
        Assert.True(errand.Run(client => client.CallAsync(new JobSpec("slow"))).IsPromoted);
    }

    [Fact]
    public void T1_a_class_gets_services_of_its_run_that_are_disposed_with_it()
    {
        List<Scoped> seen = [];
        using var errand = ErrandTest.Start(builder =>
        {
            builder.Services.AddSingleton(seen).AddScoped<Scoped>();
            builder.AddJob<ScopedJob, int, bool>();
        });
        for (int run = 0; run < 2; run++)
        {
            var job = errand.Run(client => client.SubmitAsync("scoped", run));
            Assert.False(errand.Run(client => client.WaitForResultAsync<bool>(job.Id)));
        }
        Assert.False(errand.Run(client => client.CallAsync("scoped", 3)).GetResult().ToElement().GetBoolean());
        errand.RunToIdle();
        Assert.Equal(3, seen.Distinct().Count());
        Assert.All(seen, service => Assert.True(service.IsDisposed));
    }

    [Fact]
    public void T1_a_definition_that_cannot_work_is_refused_with_what_to_do()
    {
        Says("[Job(", builder => builder.AddJob<Nameless, int, int>());
        Says("no public method with [Job(", builder => builder.AddJobsFrom<Nameless>());
        Says("takes 2 inputs", builder => builder.AddJobsFrom<TwoInputs>());
        Says("must be hh:mm:ss", builder => builder.AddJobsFrom<WrongTime>());

        static void Says(string words, Action<ErrandBuilder> build)
        {
            var refusal = Assert.Throws<InvalidJobException>(() => ErrandTest.Start(build));
            Assert.Contains(words, refusal.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void T1_methods_without_an_input_or_a_result_and_with_a_context_work_too()
    {
        using var errand = Start();
        Assert.True(errand.End(errand.Submit(new("nothing")).Id).Outcome!.Result.IsNone);
        Assert.Equal("\"context\"", errand.End(errand.Submit(new("context")).Id).Outcome!.Result.ToString());
        Assert.True(errand.End(errand.Submit(new("nothing-later")).Id).Outcome!.Result.IsNone);
    }

    private static ErrandTest Start() => ErrandTest.Start(builder => builder
        .AddJob<Order, Receipt>("delegate", async (order, job) =>
        {
            await Task.Delay(Seconds(1), job.Time);
            return order.Bill();
        })
        .AddJob<OrderJob, Order, Receipt>()
        .AddJobsFrom<OrderMethods>());

    private sealed record Order(string Item, int Count) : IValidatableObject
    {
        public Receipt Bill() => new(Item, Count * 10);

        public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
        {
            if (Count < 1) yield return new("The count must be at least 1.");
        }
    }

    private sealed record Receipt(string Item, int Price);

    [Job("class")]
    private sealed class OrderJob : IJob<Order, Receipt>
    {
        public Task<Receipt> RunAsync(Order input, JobContext job) => Task.FromResult(input.Bill());
    }

    private sealed class OrderMethods
    {
        [Job("method")]
        public static async Task<Receipt> BillAsync(Order order, JobContext job)
        {
            await Task.Delay(Seconds(1), job.Time);
            return order.Bill();
        }

        [Job("sync")]
        public static Receipt Bill(Order order) => order.Bill();

        [Job("value")]
        public static async ValueTask<Receipt> BillLaterAsync(JobContext job, Order order)
        {
            await Task.Delay(Seconds(1), job.Time);
            return order.Bill();
        }

        [Job("slow", WallTime = "00:00:02", MaxRetries = 2, AsyncTimeout = 1000)]
        public static Task SlowAsync(JobContext job) => Task.Delay(Hours(1), job.Time, job.CancellationToken);

        [Job("nothing")]
        public static void Nothing()
        {
            // It does nothing.
        }

        [Job("nothing-later")]
        public static async ValueTask NothingLaterAsync(JobContext job) => await Task.Delay(Seconds(1), job.Time);

        [Job("context")]
        public static string Context(JobContext job) => job.Kind;
    }

    private sealed class Nameless : IJob<int, int>
    {
        public Task<int> RunAsync(int input, JobContext job) => Task.FromResult(input);
    }

    private sealed class TwoInputs
    {
        [Job("two")]
        public static int Two(int one, int other) => one + other;
    }

    private sealed class WrongTime
    {
        [Job("wrong", WallTime = "soon")]
        public static int One() => 1;
    }

    private sealed class Scoped : IDisposable
    {
        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }

    [Job("scoped")]
    private sealed class ScopedJob(Scoped scoped, List<Scoped> seen) : IJob<int, bool>
    {
        public async Task<bool> RunAsync(int input, JobContext job)
        {
            seen.Add(scoped);
            await Task.Delay(Seconds(1), job.Time);
            return scoped.IsDisposed;
        }
    }
}
