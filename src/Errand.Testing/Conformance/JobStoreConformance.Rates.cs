using Xunit;
using static Errand.Testing.Conformance.CapSteps;

namespace Errand.Testing.Conformance;

// Rates: how often one of those that share something starts.
public abstract partial class JobStoreConformance
{
    private static readonly JobRate EveryTen = new(6, TimeSpan.FromMinutes(1));

    [Fact]
    public async Task H_4_jobs_of_a_rate_start_evenly_spaced()
    {
        await Store.AddedAsync(Samples.Many(3, _ => Samples.Queued().Under(Cap("api", rate: EveryTen))));
        Assert.Single((await Store.ClaimAsync(Samples.Runner, 5, 1)).Started);
        Assert.Empty((await Store.ClaimAsync(Samples.Runner, 5, 10.999)).Started);
        Assert.Single((await Store.ClaimAsync(Samples.Runner, 5, 11)).Started);
        Assert.Empty((await Store.ClaimAsync(Samples.Runner, 5, 20.999)).Started);
        Assert.Single((await Store.ClaimAsync(Samples.Runner, 5, 35)).Started);
    }

    [Fact]
    public async Task A_burst_may_start_at_once_after_a_quiet_time()
    {
        var burst = Cap("api", rate: EveryTen with { Burst = 3 });
        await Store.AddedAsync(Samples.Many(10, _ => Samples.Queued().Under(burst)));
        Assert.Equal(3, (await Store.ClaimAsync(Samples.Runner, 5, 1)).Started.Count);
        Assert.Single((await Store.ClaimAsync(Samples.Runner, 5, 11)).Started);
        Assert.Equal(2, (await Store.ClaimAsync(Samples.Runner, 5, 31)).Started.Count);
        Assert.Equal(3, (await Store.ClaimAsync(Samples.Runner, 5, 1000)).Started.Count);
    }

    [Fact]
    public async Task A_claim_tells_when_a_rate_lets_the_next_one_start()
    {
        await Store.AddedAsync(Samples.Queued().Under(Cap("api", rate: EveryTen)));
        Assert.Null((await Store.ClaimAsync(Samples.Runner, 5, 1)).NextDue);
        await Store.AddedAsync(Samples.Queued(at: 2).Under(Cap("api", rate: EveryTen)));
        await Store.AddedAsync(Samples.Queued(at: 3, runAt: 60));
        Assert.Equal(Samples.At(11), (await Store.ClaimAsync(Samples.Runner, 5, 3)).NextDue);
        Assert.Equal(Samples.At(11), (await Store.ClaimAsync(Samples.Runner, 5, 4)).NextDue);
        Assert.Equal(Samples.At(60), (await Store.ClaimAsync(Samples.Runner, 5, 11)).NextDue);
        await Store.AddedAsync(Samples.Queued(at: 12, runAt: 15));
        Assert.Equal(Samples.At(15), (await Store.ClaimAsync(Samples.Runner, 5, 12)).NextDue);
    }

    [Fact]
    public async Task A_rate_that_lets_one_start_at_a_full_cap_tells_no_time()
    {
        await Store.AddedAsync(Samples.Many(2, _ => Samples.Queued().Under(Cap("api", 1, rate: EveryTen))));
        var held = await Store.ClaimedAsync(Samples.Runner);
        Assert.Null((await Store.ClaimAsync(Samples.Runner, 5, 2)).NextDue);
        await Store.FinishedAsync(held);
        Assert.Equal(Samples.At(10), (await Store.ClaimAsync(Samples.Runner, 5, 3)).NextDue);
        Assert.Single((await Store.ClaimAsync(Samples.Runner, 5, 10)).Started);
    }

    [Fact]
    public async Task Two_rates_hold_together()
    {
        JobCap fast = Cap("fast", rate: new(1, TimeSpan.FromSeconds(5))), slow = Cap("slow", rate: new(1, TimeSpan.FromSeconds(20)));
        await Store.AddedAsync(Samples.Queued().Under(fast, slow));
        var second = await Store.AddedAsync(Samples.Queued().Under(fast, slow));
        Assert.Single((await Store.ClaimAsync(Samples.Runner, 5)).Started);
        Assert.Equal("fast", (await Store.FoundAsync(second.Id)).WaitsForCap);
        Assert.Equal(Samples.At(20), (await Store.ClaimAsync(Samples.Runner, 5, 6)).NextDue);
        Assert.Equal("slow", (await Store.FoundAsync(second.Id)).WaitsForCap);
        Assert.Equal(second.Id, (await Store.ClaimedAsync(Samples.Runner, 20)).Id);
    }

    [Fact]
    public async Task A_rate_is_remembered_while_no_job_stands_under_it()
    {
        await Store.AddedAsync(Samples.Queued().Under(Cap("api", rate: EveryTen)));
        await Store.FinishedAsync(await Store.ClaimedAsync(Samples.Runner));
        await Store.UsesNoneAsync();
        await Store.AddedAsync(Samples.Queued(at: 2).Under(Cap("api", rate: EveryTen)));
        var use = await Store.UseOfAsync("api");
        Assert.Equal(Samples.At(10), use!.FreeAt);
        Assert.Empty((await Store.ClaimAsync(Samples.Runner, 5, 9)).Started);
        Assert.Single((await Store.ClaimAsync(Samples.Runner, 5, 10)).Started);
    }

    [Fact]
    public async Task A_rate_that_no_second_divides_does_not_drift()
    {
        var third = Cap("api", rate: new(3, TimeSpan.FromSeconds(1)));
        await Store.AddedAsync(Samples.Many(40, _ => Samples.Queued().Under(third)));
        int started = 0;
        for (int i = 0; i < 100; i++) started += (await Store.ClaimAsync(Samples.Runner, 5, i / 10.0)).Started.Count;
        Assert.InRange(started, 25, 30);
        Assert.Null((await Store.UseOfAsync("api"))!.Cap.Size.Running);
    }

    [Fact]
    public async Task A_retry_is_a_start_of_its_rate_and_a_promoted_job_is_none()
    {
        await Store.AddedAsync((Samples.Running(Samples.Runner) with { PromotedAt = Samples.Start }).Under(Cap("api", rate: EveryTen)));
        await Store.AddedAsync(Samples.Queued().Under(Cap("api", rate: EveryTen)));
        var job = await Store.ClaimedAsync(Samples.Runner);
        await Store.AppliedAsync(job.Id, JobTransition.Retry(job, new("e", "m"), new(Samples.At(1)), Samples.At(1)));
        Assert.Empty((await Store.ClaimAsync(Samples.Runner, 5, 9)).Started);
        Assert.Equal(job.Id, (await Store.ClaimedAsync(Samples.Runner, 10)).Id);
    }

    [Fact]
    public async Task Two_instances_keep_one_rate()
    {
        var second = await SecondAsync();
        await Store.AddedAsync(Samples.Many(3, _ => Samples.Queued().Under(Cap("api", rate: EveryTen))));
        await Store.ClaimedAsync(Samples.Runner);
        Assert.Empty((await second.ClaimAsync(Samples.OtherRunner, 5, 9)).Started);
        Assert.Single((await second.ClaimAsync(Samples.OtherRunner, 5, 10)).Started);
        Assert.Empty((await Store.ClaimAsync(Samples.Runner, 5, 11)).Started);
    }
}
