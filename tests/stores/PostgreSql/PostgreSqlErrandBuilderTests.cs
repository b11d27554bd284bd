using Errand.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Errand.Stores.Tests;

public sealed class PostgreSqlErrandBuilderTests
{
    [Fact]
    public void One_line_keeps_jobs_in_PostgreSQL()
    {
        var services = new ServiceCollection();
        services.AddErrand().UsePostgreSql("Host=db.example;Database=work");
        var store = services.Single(service => service.ServiceType == typeof(IJobStore));
        Assert.Equal("postgresql db.example:5432/work (schema errand)", ((IJobStore)store.ImplementationFactory!(new Known())).Description);
    }

    private sealed class Known : IServiceProvider
    {
        public object? GetService(Type serviceType) =>
            serviceType == typeof(TimeProvider) ? TimeProvider.System : serviceType == typeof(WorkScheduler) ? WorkScheduler.Default : null;
    }
}
