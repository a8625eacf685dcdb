/// Short names of the console's pages, as atmos has them.
public enum ConsoleAlias {
  /// Every name, sorted; made when it is asked for, since hot commands make the cloud.
  public static var names: [String] { (plain + different.keys).sorted() }

  /// The path below the console's host, no slash before it; `nil` for an unknown name.
  ///
  /// Case does not count.
  static func path(of name: String) -> String? {
    let name = name.lowercased()
    return different[name] ?? (plainSet.contains(name) ? name : nil)
  }

  // Names that are the path.
  private static let plain = [
    // Storage
    "s3", "efs", "fsx", "glacier", "backup",
    // Computing and containers
    "ec2", "lambda", "lightsail", "batch", "elasticbeanstalk", "ecs", "ecr", "eks",
    // Databases
    "rds", "dynamodb", "elasticache", "neptune", "timestream", "keyspaces", "qldb", "memorydb",
    // Networks
    "vpc", "cloudfront", "route53", "apigateway", "directconnect", "globalaccelerator",
    // Security and identity
    "iam", "organizations", "cognito", "secretsmanager", "kms", "acm", "shield", "guardduty",
    "inspector", "macie", "securityhub", "detective",
    // Management
    "cloudwatch", "cloudtrail", "config", "cloudformation", "servicecatalog", "opsworks",
    "controltower", "license-manager", "resource-groups", "systems-manager",
    // Development
    "codecommit", "codebuild", "codedeploy", "codepipeline", "codeartifact", "cloud9", "xray",
    // Analytics
    "athena", "emr", "cloudsearch", "kinesis", "quicksight", "glue", "msk", "redshift",
    // Messages and data transfer
    "sns", "sqs", "appflow", "dms", "datasync", "transfer",
    // Costs
    "billing",
    // Machine learning
    "sagemaker", "rekognition", "textract", "comprehend", "translate", "polly", "transcribe", "lex",
    "personalize", "forecast", "kendra", "bedrock",
    // Devices and desktops
    "greengrass", "workspaces", "worklink",
  ]

  private static let plainSet = Set(plain)

  private static let different = [
    "console": "console/home", "home": "console/home", "dashboard": "console/home",
    "documentdb": "docdb", "elb": "ec2/v2/home#LoadBalancers",
    "transitgateway": "vpc/home#TransitGateways", "privatelink": "vpc/home#Endpoints",
    "serverless": "lambda/home#/applications", "fargate": "ecs", "waf": "wafv2",
    "sso": "singlesignon", "directory": "directoryservicev2", "ssm": "systems-manager",
    "tag-editor": "resource-groups/tag-editor", "trusted-advisor": "trustedadvisor",
    "well-architected": "wellarchitected", "elasticsearch": "aos", "opensearch": "aos",
    "lake-formation": "lakeformation", "eventbridge": "events", "mq": "amazon-mq",
    "step-functions": "states", "migration-hub": "migrationhub",
    "application-discovery": "discovery", "server-migration": "servermigration",
    "cost-explorer": "cost-management/home#/cost-explorer", "budgets": "billing/home#/budgets",
    "iot-core": "iot", "iot-analytics": "iotanalytics", "iot-events": "iotevents",
    "appstream": "appstream2",
  ]
}
