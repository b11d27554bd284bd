using Errand.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Errand.Tests.Hosting;

/// <summary>The example of the guide to testing.</summary>
public sealed class GuideTests
{
    private interface IMail
    {
        void Send(string text);
    }

    [Fact]
    public void T3_an_invoice_is_sent_again_when_the_mail_server_was_busy()
    {
        var mail = new FakeMail { BusyTimes = 1 };
        using var errand = ErrandTest.Start(builder =>
        {
            builder.Services.AddSingleton<IMail>(mail);
            builder.AddJob<InvoiceJob, Invoice, string>(kind => kind.Retry = new() { MaxRetries = 3 });
        });

        var job = errand.Run(client => client.SubmitAsync("invoice", new Invoice("ann", 12)));
        errand.RunToIdle();
        Assert.Empty(mail.Sent);

        errand.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(["ann owes 12"], mail.Sent);
        Assert.Equal(2, errand.Run(client => client.GetAsync(job.Id)).Attempt);
    }

    private sealed record Invoice(string To, decimal Amount);

    [Job("invoice")]
    private sealed class InvoiceJob(IMail mail) : IJob<Invoice, string>
    {
        public Task<string> RunAsync(Invoice input, JobContext job)
        {
            mail.Send($"{input.To} owes {input.Amount}");
            return Task.FromResult("sent");
        }
    }

    private sealed class FakeMail : IMail
    {
        public int BusyTimes { get; set; }

        public List<string> Sent { get; } = [];

        public void Send(string text)
        {
            if (BusyTimes-- > 0) throw new InvalidOperationException("The server is busy.");
            Sent.Add(text);
        }
    }
}
